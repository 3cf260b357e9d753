import type { ErrorObject } from './errors.ts'
import { invalidObject } from './errors.ts'
import { isObject } from './json.ts'

/** What is kept of a schema of the OpenAPI file. */
export interface Schema {
  readonly ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly nullable?: boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: { readonly [name: string]: Schema }
}

type Schemas = { readonly [name: string]: Schema }

/** Says what is wrong with a value. `resource` names the thing in Klaviyo's sentences. */
type Check = (value: unknown, pointer: string, resource: string, errors: ErrorObject[]) => void

export interface SchemaOptions {
  /** Klaviyo refuses members that it does not know; `ignore` lets them pass. */
  readonly unknownMembers: 'refuse' | 'ignore'
}

/**
 * Makes checks of schemas. They speak in Klaviyo's sentences, with a pointer to the member at fault.
 * A schema is compiled once, at its first use: the file's schemas refer to one another in circles.
 */
export function schemaChecker(schemas: Schemas, options: SchemaOptions): (schema: Schema) => Check {
  const byName = new Map<string, Check>()

  function named(name: string): Check {
    const known = byName.get(name)
    if (known !== undefined) return known
    const late: Check = (...given) => byName.get(name)?.(...given)
    byName.set(name, late)
    const made = compile(schemas[name] ?? {}, name)
    byName.set(name, made)
    return made
  }

  function compile(schema: Schema, name?: string): Check {
    const inner = compileInner(schema, name)
    if (schema.nullable === true) {
      return (value, pointer, resource, errors) => {
        if (value !== null) inner(value, pointer, resource, errors)
      }
    }
    return inner
  }

  function compileInner(schema: Schema, name?: string): Check {
    if (schema.ref !== undefined) return named(schema.ref)
    if (schema.anyOf !== undefined) return anyOf(schema.anyOf.map((branch) => compile(branch)))
    if (schema.enum !== undefined) return oneOfValues(schema.enum)
    switch (schema.type ?? 'any') {
      case 'object':
        return schema.properties === undefined ? freeObject : object(schema, name)
      case 'array':
        return array(schema.items === undefined ? () => {} : compile(schema.items))
      case 'string':
        return schema.format === 'date-time' ? dateTime : string
      case 'number':
        return number
      case 'integer':
        return integer
      case 'boolean':
        return boolean
      default:
        return () => {}
    }
  }

  function object(schema: Schema, name: string | undefined): Check {
    const properties = schema.properties ?? {}
    const checks = new Map(
      Object.entries(properties).map(([key, value]) => [key, compile(value)] as const),
    )
    const required = schema.required ?? []
    // A resource is an object with a type; its attributes are spoken of by the type's name.
    const typeName = typeValueOf(properties['type'], schemas)
    const isResource = properties['attributes'] !== undefined || properties['type'] !== undefined
    const strict = options.unknownMembers === 'refuse'

    return (value, pointer, resource, errors) => {
      if (!isObject(value)) {
        errors.push(invalidObject('Invalid type: an object is expected.', pointer))
        return
      }
      const own = isResource && typeName !== undefined ? typeName : resource
      const spoken = isResource || name === undefined ? own : name
      for (const key of required) {
        if (value[key] === undefined) {
          errors.push(
            invalidObject(
              `'${key}' is a required field for the resource '${spoken}'.`,
              `${pointer}/${key}`,
            ),
          )
        }
      }
      for (const key in value) {
        const member = value[key]
        if (member === undefined) continue
        const check = checks.get(key)
        if (check === undefined) {
          if (strict) {
            errors.push(
              invalidObject(
                `'${key}' is not a valid field for the resource '${spoken}'.`,
                `${pointer}/${key}`,
              ),
            )
          }
        } else {
          check(member, `${pointer}/${key}`, own, errors)
        }
      }
    }
  }

  return (schema) => compile(schema)
}

function typeValueOf(schema: Schema | undefined, schemas: Schemas): string | undefined {
  const found = schema?.ref === undefined ? schema : schemas[schema.ref]
  const [value] = found?.enum ?? []
  return found?.enum?.length === 1 && typeof value === 'string' ? value : undefined
}

/** The branch that complains least speaks for all: it is the one that the caller had in mind. */
function anyOf(branches: readonly Check[]): Check {
  return (value, pointer, resource, errors) => {
    let least: readonly ErrorObject[] | undefined
    for (const branch of branches) {
      const found: ErrorObject[] = []
      branch(value, pointer, resource, found)
      if (found.length === 0) return
      if (least === undefined || found.length < least.length) least = found
    }
    if (least !== undefined) errors.push(...least)
  }
}

function oneOfValues(values: readonly unknown[]): Check {
  return (value, pointer, _resource, errors) => {
    if (values.includes(value)) return
    errors.push(
      invalidObject(
        `Invalid input: '${String(value).slice(0, 100)}' is not one of ${values.map((known) => `'${String(known)}'`).join(', ')}.`,
        pointer,
      ),
    )
  }
}

function array(check: Check): Check {
  return (value, pointer, resource, errors) => {
    if (!Array.isArray(value)) {
      errors.push(invalidObject('Invalid type: an array is expected.', pointer))
      return
    }
    for (let index = 0; index < value.length; index += 1) {
      check(value[index], `${pointer}/${index}`, resource, errors)
    }
  }
}

const ofType =
  (name: string, accepts: (value: unknown) => boolean): Check =>
  (value, pointer, _resource, errors) => {
    if (value === null) errors.push(invalidObject('This field may not be null.', pointer))
    else if (!accepts(value)) errors.push(invalidObject(`Not a valid ${name}.`, pointer))
  }

const string = ofType('string', (value) => typeof value === 'string')
const number = ofType('number', (value) => typeof value === 'number')
const integer = ofType('integer', Number.isInteger)
const boolean = ofType('boolean', (value) => typeof value === 'boolean')
const freeObject = ofType('object', isObject)
const dateTime = ofType(
  'datetime: it must be an ISO 8601 date and time',
  (value) => typeof value === 'string' && readTime(value) !== undefined,
)

const isoTime =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/

/** Epoch milliseconds of an ISO 8601 time; without a zone it is UTC. */
export function readTime(text: string): number | undefined {
  const match = isoTime.exec(text)
  if (match === null) return undefined
  const whole = match[1] === undefined && text.length > 10 ? `${text}Z` : text
  const ms = Date.parse(whole)
  if (!Number.isNaN(ms)) return ms
  const plain = Date.parse(whole.replace(' ', 'T').replace(',', '.'))
  return Number.isNaN(plain) ? undefined : plain
}
