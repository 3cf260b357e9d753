import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import * as formats from 'ajv-formats'

const file = fileURLToPath(new URL('../../../shared/klaviyo/openapi-stable.json', import.meta.url))

/** Klaviyo's own description of its answers lies beside the project, or is not at hand. */
export const hasOpenApi = existsSync(file)

interface Document {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly operationId: string
        readonly responses: { readonly [status: string]: Described }
      }
    }
  }
  readonly components: {
    readonly schemas: { readonly [name: string]: object }
    readonly responses: { readonly [name: string]: Described }
  }
}

interface Described {
  readonly content?: { readonly 'application/vnd.api+json'?: { readonly schema: object } }
}

/** Makes a function that says what is wrong with the answer of an operation. */
export function answerChecker(): (
  operation: string,
  status: number,
  body: unknown,
) => readonly string[] {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document
  const ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false })
  formats.default.default(ajv)
  ajv.addSchema({ $id: 'klaviyo', components: { schemas: readable(document.components.schemas) } })
  const schemas = new Map<string, object | undefined>()
  for (const methods of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(methods)) {
      const [, good] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
      schemas.set(operationId, good?.content?.['application/vnd.api+json']?.schema)
    }
  }
  const refused =
    document.components.responses['ClientError']?.content?.['application/vnd.api+json']?.schema
  const compiled = new Map<string, ValidateFunction>()

  return (operation, status, body) => {
    const isGood = status < 300
    const schema = isGood ? schemas.get(operation) : refused
    if (schema === undefined) {
      return body === undefined || body === '' || operation === 'create_client_profile'
        ? []
        : ['a body is answered where the description has none']
    }
    const key = isGood ? operation : 'errors'
    let validate = compiled.get(key)
    if (validate === undefined) {
      validate = ajv.compile(readable(schema) as object)
      compiled.set(key, validate)
    }
    if (validate(body)) return []
    // The description has strings there; recorded answers have null on the first and last page.
    const errors = (validate.errors ?? []).filter(
      ({ instancePath }) => instancePath !== '/links/next' && instancePath !== '/links/prev',
    )
    return errors.map(
      ({ instancePath, message, params }) =>
        `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    )
  }
}

/**
 * The file in words that ajv knows: `nullable` beside a reference counts, `oneOf` is read as `anyOf`,
 * since branches of this file overlap.
 */
function readable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((one) => readable(one))
  if (typeof schema !== 'object' || schema === null) return schema
  const {
    nullable,
    oneOf,
    example: _example,
    ...rest
  } = schema as {
    nullable?: unknown
    oneOf?: unknown
    example?: unknown
    $ref?: string
  }
  const made: { [name: string]: unknown } = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name === '$ref') made['$ref'] = `klaviyo${value}`
    else if (name === 'properties' && typeof value === 'object' && value !== null) {
      made[name] = Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, readable(inner)]),
      )
    } else made[name] = readable(value)
  }
  if (oneOf !== undefined) made['anyOf'] = readable(oneOf)
  return nullable === true ? { anyOf: [{ type: 'null' }, made] } : made
}
