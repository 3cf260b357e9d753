import { randomUUID } from 'node:crypto'

/** One error, as Klaviyo writes it. `status` is a number there, unlike in JSON:API. */
export interface ErrorObject {
  readonly id: string
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly source?: { readonly pointer?: string; readonly parameter?: string }
  readonly links?: { readonly [name: string]: string }
  readonly meta?: { readonly [name: string]: unknown }
}

/** What a caller did wrong: the answer is its errors. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly ErrorObject[]

  constructor(errors: readonly ErrorObject[]) {
    super(errors[0]?.detail ?? 'refused')
    this.status = errors[0]?.status ?? 400
    this.errors = errors
  }
}

export function errorObject(
  fields: Pick<ErrorObject, 'status' | 'code' | 'title' | 'detail'> & Partial<ErrorObject>,
): ErrorObject {
  return { id: randomUUID(), ...fields }
}

export function refuse(
  status: number,
  code: string,
  title: string,
  detail: string,
  rest: Partial<ErrorObject> = {},
): Refusal {
  return new Refusal([errorObject({ status, code, title, detail, ...rest })])
}

export function invalidObject(detail: string, pointer: string): ErrorObject {
  return errorObject({
    status: 400,
    code: 'invalid',
    title: 'Invalid input.',
    detail,
    source: { pointer },
    links: {},
    meta: {},
  })
}

/** A member of the body is wrong. */
export function invalid(detail: string, pointer: string): Refusal {
  return new Refusal([invalidObject(detail, pointer)])
}

/** A query parameter is wrong. */
export function invalidParameter(detail: string, parameter: string): Refusal {
  return refuse(400, 'invalid', 'Invalid input.', detail, { source: { parameter } })
}

export function notFound(type: string, id: string): Refusal {
  const name = type.charAt(0).toUpperCase() + type.slice(1).replaceAll('-', ' ')
  return refuse(404, 'not_found', 'Not found.', `${name} with id ${id} not found.`, {
    source: { pointer: '/data/' },
  })
}

export function conflict(detail: string, pointer = '/data/attributes'): Refusal {
  return refuse(409, 'conflict', 'Conflict.', detail, { source: { pointer }, links: {}, meta: {} })
}

export function forbidden(detail: string): Refusal {
  return refuse(
    403,
    'permission_denied',
    'You do not have permission to perform this action.',
    detail,
    { source: { pointer: '/data/' } },
  )
}

export const wrongCredentials = (): Refusal =>
  refuse(
    401,
    'authentication_failed',
    'Incorrect authentication credentials.',
    'Incorrect authentication credentials.',
    { source: { pointer: '/data/' } },
  )
