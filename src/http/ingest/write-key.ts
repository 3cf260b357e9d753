import type { IncomingMessage } from 'node:http'

export type KeyGiven =
  | { readonly type: 'key'; readonly key: string }
  /** A Bearer token: nothing that we gave out. */
  | { readonly type: 'token' }
  /** Neither in the header nor in the query: the body may hold it. */
  | { readonly type: 'none' }

/** The write key that a request names outside its body: the Basic user name, else `?writeKey=`. */
export function keyOf({ headers, url = '' }: IncomingMessage): KeyGiven {
  const { authorization } = headers
  if (authorization !== undefined) {
    if (bearer.test(authorization)) return { type: 'token' }
    const user = userOf(authorization)
    if (user !== '') return { type: 'key', key: user }
  }
  const query = url.indexOf('?')
  const key = query === -1 ? null : new URLSearchParams(url.slice(query + 1)).get('writeKey')
  return key === null || key === '' ? { type: 'none' } : { type: 'key', key }
}

/** The write key that a body, or an entry of a batch, names. */
export function keyIn(body: object): string | undefined {
  const key: unknown = 'writeKey' in body ? body.writeKey : undefined
  return typeof key === 'string' && key !== '' ? key : undefined
}

const bearer = /^bearer\s/i
const basic = /^basic\s+([\w+/=-]+)\s*$/i

/** The same few headers come with every request. */
const known = new Map<string, string>()
const maxKnown = 1000

function userOf(authorization: string): string {
  const before = known.get(authorization)
  if (before !== undefined) return before
  const user = readUser(authorization)
  if (known.size >= maxKnown) known.clear()
  if (authorization.length < 500) known.set(authorization, user)
  return user
}

function readUser(authorization: string): string {
  const encoded = basic.exec(authorization)?.[1]
  if (encoded === undefined) return ''
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return (colon === -1 ? text : text.slice(0, colon)).trim()
}
