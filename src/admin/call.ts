import type { Static, TObject, TSchema } from 'typebox'
import { operations } from 'virtual:operations'
import type * as api from '../api/index.ts'
import { meant, plain, textsIn } from '../core/plain.ts'

/**
 * The admin API, typed by its operations: `call('listStores', { params: { workspaceId } })`. Pages use the
 * hooks of `ask.ts`, which know the workspace.
 *
 * What shops and shoppers write comes into pages with nothing in it that steers them, and goes back as it was.
 */

type Api = typeof api

interface AnOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly may: string
}

export type OperationName = {
  [Name in keyof Api]: Api[Name] extends AnOperation ? Name : never
}[keyof Api]

type Shapes<Name extends OperationName> =
  Api[Name] extends api.Operation<
    infer Params extends TObject,
    infer Query extends TObject,
    infer Body extends TSchema,
    infer Answer extends TSchema
  >
    ? {
        readonly params: Static<Params>
        readonly query: Static<Query>
        readonly body: Static<Body>
        readonly answer: Static<Answer>
      }
    : never

export type ParamsOf<Name extends OperationName> = Shapes<Name>['params']
export type QueryOf<Name extends OperationName> = Shapes<Name>['query']
export type BodyOf<Name extends OperationName> = Shapes<Name>['body']
export type AnswerOf<Name extends OperationName> = Shapes<Name>['answer']

/** What a request is made of. `key`: an Idempotency-Key of one's own. */
export interface Input {
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: unknown
  readonly key?: string
  readonly signal?: AbortSignal
}

/** What the API refused, in its own words: what happened, and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** 0: there was no answer. */
  readonly status: number
  readonly code: string
  readonly errors: readonly { readonly pointer: string; readonly message: string }[]
  /** Of a fault of ours, to be found in the log. */
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(
    status: number,
    { code, detail, errors = [], requestId }: Partial<api.Problem>,
    retryAfterMs?: number,
  ) {
    super(detail ?? `The server answered ${status}.`)
    this.status = status
    this.code = code ?? 'unknown'
    this.errors = errors
    this.requestId = requestId
    this.retryAfterMs = retryAfterMs
  }
}

/** Rejects with a `Problem`, and with nothing else but an abort. */
export async function call<Name extends OperationName>(
  name: Name,
  input: Input = {},
): Promise<AnswerOf<Name>> {
  const [method] = entryOf(name)
  const { body, signal } = input
  const response = await fetch(addressOf(name, input), {
    method,
    headers: {
      'tillpost-request': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      // A repeat after a lost answer then does nothing twice.
      ...(method === 'POST' ? { 'idempotency-key': input.key ?? crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(textsIn(body, meant)) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw new Problem(0, { code: 'no_answer', detail: 'Tillpost did not answer.' })
  })
  if (!response.ok) throw await problemOf(response)
  const isJson = response.headers.get('content-type')?.includes('json') === true
  if (isJson) return plainIn(await response.json())
  return response.status === 204 ? undefined : response.text()
}

/** Of an answer: what pages may show. */
export function plainIn<T>(answer: T): T {
  return textsIn(answer, plain)
}

/** For a link or a download. */
export function addressOf(
  name: OperationName,
  { params, query }: Pick<Input, 'params' | 'query'>,
): string {
  const [, path] = entryOf(name)
  const given = new Map<string, unknown>(Object.entries(params ?? {}))
  const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => {
    const value = given.get(key)
    if (typeof value !== 'string' || value === '') throw new Error(`${name} needs ${key}.`)
    return encodeURIComponent(meant(value))
  })
  const search = new URLSearchParams(
    Object.entries(query ?? {}).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' && value !== '' ? [[key, meant(value)]] : [],
    ),
  )
  return `/api/v1${filled}${search.size === 0 ? '' : `?${search.toString()}`}`
}

/** Who may ask it: a permission, or one of the words of `May`. */
export function mayOf(name: OperationName): string {
  return entryOf(name)[2]
}

/** Which of the path's places there are to fill. */
export function placesOf(name: OperationName): readonly string[] {
  return [...entryOf(name)[1].matchAll(/:(\w+)/g)].map(([, key = '']) => key)
}

function entryOf(name: OperationName) {
  const entry = operations[name]
  if (entry === undefined) throw new Error(`There is no operation ${name}.`)
  return entry
}

async function problemOf(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const body: unknown = plainIn(await response.json().catch(() => ({})))
  const said = typeof body === 'object' && body !== null ? (body as Partial<api.Problem>) : {}
  return new Problem(response.status, said, Number.isFinite(seconds) ? seconds * 1000 : undefined)
}
