import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as api from '../../src/api/index.ts'
import { startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { movableClock } from './clock.ts'
import { newWorkspace } from './workspace.ts'

interface Page {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

interface Described {
  readonly operationId: string
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

type Answer = Awaited<ReturnType<Client['ask']>>

/** Checks answers by the OpenAPI page that the server itself gives out. */
async function judgeOf(
  client: Client,
): Promise<(id: string, answer: Answer) => string | undefined> {
  const page: Page = (await client.ask('GET', '/openapi.json')).body
  // Types and formats as JSON Schema 2020-12 has them, which OpenAPI 3.1 is written in.
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(page, 'page')
  const described = new Map(
    Object.values(page.paths)
      .flatMap((methods) => Object.values(methods))
      .map((one) => [one.operationId, one]),
  )
  return (id, { status, headers, body }) => {
    if (status >= 500) return `${id} answered ${status}: ${JSON.stringify(body)}`
    const { responses } = described.get(id)!
    const response = responses[String(status)] ?? responses[`${String(status)[0]}XX`]
    if (response === undefined) return `${id} answered ${status}, which its page does not name`
    if (status === 204) return body === '' ? undefined : `${id} said something with 204`
    const type = (headers.get('content-type') ?? '').split(';')[0]!
    const schema = response.content?.[type]?.schema
    if (schema === undefined)
      return `${id} answered ${status} as ${type}, which its page does not name`
    const text = JSON.stringify(schema).replaceAll('"#/components', '"page#/components')
    if (ajv.validate(JSON.parse(text) as object, body)) return undefined
    return `${id} answered ${status}: ${ajv.errorsText()}: ${JSON.stringify(body).slice(0, 300)}`
  }
}

const operations = Object.values(api).filter(
  (one): one is typeof one & api.AnyOperation =>
    typeof one === 'object' && 'path' in one && 'may' in one,
)

/** What does not end by itself has tests of its own. */
function isStream({ contentType }: api.AnyOperation): boolean {
  return contentType === 'text/event-stream'
}

/** What would sign the asker out, or lock it out by guessing, comes in `sign-in.test.ts`. */
const apart = new Set(['signOut', 'signIn', 'giveSecondFactor', 'endOtherSessions'])

/** Values near those that a shape asks for, and far from them. */
function fuzzOf(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(null, -1, 1e300, '', '\0', "' or 1=1 --", '%', '../..', '={1+1}', [], {}),
  )
  const {
    type,
    properties,
    items,
    enum: values,
    anyOf,
  } = (schema ?? {}) as {
    readonly type?: string
    readonly properties?: Readonly<Record<string, unknown>>
    readonly items?: unknown
    readonly enum?: readonly unknown[]
    readonly anyOf?: readonly unknown[]
  }
  if (depth > 4) return wild
  if (values !== undefined)
    return fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 5 }, wild)
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => fuzzOf(one, depth + 1)), wild)
  const shapes: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
    string: () =>
      fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.constantFrom('DE', 'EUR', 'a@b.co', '10.0.0.0/8', 'x'),
      ),
    integer: () => fc.integer({ min: -5, max: 400 }),
    number: () => fc.double(),
    boolean: () => fc.boolean(),
    array: () => fc.array(fuzzOf(items, depth + 1), { maxLength: 3 }),
    object: () => {
      const fields = Object.fromEntries(
        Object.entries(properties ?? {}).map(([name, one]) => [name, fuzzOf(one, depth + 1)]),
      )
      return fc.oneof(fc.record(fields), fc.record(fields, { requiredKeys: [] }))
    },
  }
  const like = shapes[type ?? '']?.()
  return like === undefined
    ? wild
    : fc.oneof({ arbitrary: like, weight: 12 }, { arbitrary: wild, weight: 1 })
}

test('A69 A70 A71 A72 A79 every operation answers fuzzed input within its page: no 500, nothing beyond its shape', async () => {
  const clock = movableClock()
  const { server } = await startBoth({ clock })
  const owner = await ownerOf(server.parts)
  const workspaceId = await newWorkspace(owner, 'Fuzzed')
  const judge = await judgeOf(owner)
  const {
    workspaceId: own,
    id: connectionId,
    sourceId,
    destinationId,
    store,
  } = server.installation.connection
  const known: Readonly<Record<string, string>> = {
    connectionId,
    sourceId,
    destinationId,
    storeId: store.id,
    version: '1',
  }
  const statuses = new Map<number, number>()
  for (const operation of operations.filter((one) => !apart.has(one.id) && !isStream(one))) {
    // Asked at leisure: how many a minute may be asked is not what this is about.
    clock.forward(2_000)
    const body = operation.method === 'GET' ? fc.constant(undefined) : fuzzOf(operation.body)
    const query = fc.oneof(
      // Most do not have one: what is wrong with a body is then what is told.
      { arbitrary: fc.constant(operation.query === undefined ? '' : '?limit=1'), weight: 6 },
      fc.constantFrom(
        '?limit=1',
        '?limit=1&limit=999',
        '?limit=-1',
        '?limit=1e9',
        '?cursor=x',
        '?x=1',
        '?limit=%00',
      ),
      fc
        .string({ maxLength: 10 })
        .map((text) => `?limit=${encodeURIComponent(text.toWellFormed())}`),
    )
    const id = fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 4 },
      {
        arbitrary: fc.constantFrom('unknown_1', '%00', '..%2f..', '%F0%9F%9B%92', "'--"),
        weight: 1,
      },
    )
    await fc.assert(
      fc.asyncProperty(body, query, id, async (sent, search, strange) => {
        const path = operation.path
          .replace(':workspaceId', operation.may === 'everybody' ? workspaceId : own)
          .replaceAll(/:(\w+)/g, (_, name: string) => strange ?? known[name] ?? 'unknown_1')
        const answer = await owner.ask(
          operation.method,
          `${path}${search}`,
          operation.body === undefined ? undefined : (sent ?? null),
        )
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        expect(judge(operation.id, answer)).toBeUndefined()
      }),
      { numRuns: 9 },
    )
  }
  // It was let in, and got to what the operations do.
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(50)
  expect(statuses.get(400)).toBeGreaterThan(50)
  // Wrong passwords make one wait; the limit of requests was not met.
  expect(statuses.get(429) ?? 0).toBeLessThan(20)
}, 120_000)

test('every operation that only reads answers valid input with 200, within its page', async () => {
  const { server } = await startBoth()
  const owner = await ownerOf(server.parts)
  const judge = await judgeOf(owner)
  const { workspaceId, id, destinationId } = server.installation.connection
  await server.track('Order Completed', { userId: 'c-1', messageId: 'm-1' })
  await server.settle()
  const runs = `/workspaces/${workspaceId}/connections/${id}/runs`
  const begun = await owner.ask('POST', runs, { act: 'replay', reason: 'accepted' })
  const runId = begun.body.run.id
  const needed = new Map([
    ['estimateRun', '?act=replay'],
    ['diagnose', '?metric=Placed%20Order'],
  ])
  for (const operation of operations.filter((one) => one.method === 'GET' && !isStream(one))) {
    const path = operation.path
      .replace(':workspaceId', workspaceId)
      .replace(':connectionId', id)
      .replace(':destinationId', destinationId)
      .replace(':messageId', 'm-1')
      .replace(':reason', 'klaviyo_rejected')
      .replace(':runId', runId)
    const answer = await owner.ask('GET', `${path}${needed.get(operation.id) ?? ''}`)
    expect([operation.id, answer.status]).toEqual([operation.id, 200])
    expect(judge(operation.id, answer)).toBeUndefined()
  }
})

test('A69 A75 A73 a body that pollutes, is too deep, too wide or too long is refused', async () => {
  const { server } = await startBoth()
  const owner = await ownerOf(server.parts)
  const deep = `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const wide = `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`
  for (const [body, status] of [
    ['{"__proto__":{"polluted":1},"name":"x"}', 400],
    ['{"constructor":{"prototype":{"polluted":1}},"name":"x"}', 400],
    [deep, 400],
    [wide, 413],
    [JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413],
    ['{"name":"a\\u0000b"}', 400],
    ['{"name":', 400],
  ] as const) {
    expect((await owner.ask('PATCH', '/me', body)).status).toBe(status)
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect((await owner.ask('GET', '/session')).status).toBe(200)
})
