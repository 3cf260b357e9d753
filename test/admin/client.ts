import { request } from 'undici'
import type { Server } from '../../src/server/start.ts'

/** One who asks the admin API: a browser with its cookies, or a program with a token. */
export interface Client {
  readonly url: string
  readonly cookies: Map<string, string>
  ask(method: Method, path: string, body?: unknown, headers?: Headers): Promise<Answered>
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Headers = Readonly<Record<string, string>>

interface Answered {
  readonly status: number
  readonly headers: globalThis.Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- what it holds is what a test is about
  readonly body: any
}

export function clientOf(
  url: string,
  { token, agent }: { readonly token?: string; readonly agent?: string } = {},
): Client {
  const cookies = new Map<string, string>()
  return {
    url,
    cookies,
    async ask(method, path, body, given = {}) {
      // Not `fetch`, which sends no `host` and no `origin` but its own.
      const response = await request(new URL(isWhole(path) ? path : `/api/v1${path}`, url), {
        method,
        headers: {
          ...(token === undefined
            ? { 'tillpost-request': '1' }
            : { authorization: `Bearer ${token}` }),
          ...(agent === undefined ? {} : { 'user-agent': agent }),
          ...(cookies.size === 0
            ? {}
            : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...given,
        },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      })
      const headers = new globalThis.Headers(
        Object.entries(response.headers).flatMap(([name, value]) =>
          [value ?? []].flat().map((one): [string, string] => [name, one]),
        ),
      )
      for (const cookie of headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';')
        const at = pair.indexOf('=')
        const value = pair.slice(at + 1)
        if (value === '') cookies.delete(pair.slice(0, at))
        else cookies.set(pair.slice(0, at), value)
      }
      const text = await response.body.text()
      const isJson = headers.get('content-type')?.includes('json') === true
      return {
        status: response.statusCode,
        headers,
        body: isJson ? JSON.parse(text) : text,
      }
    },
  }
}

export const password = 'four words nobody guesses'

/** A browser in which the first owner has just been made. */
export async function ownerOf(server: Pick<Server, 'url' | 'ownerLink'>): Promise<Client> {
  const client = clientOf(server.url)
  const link = await server.ownerLink()
  const code = new URL(link ?? '').hash.replace('#code=', '')
  const made = await client.ask('POST', '/owner', {
    code,
    email: 'Olga@Shop.example',
    name: 'Olga',
    password,
  })
  if (made.status !== 201) throw new Error(`No owner was made: ${JSON.stringify(made.body)}`)
  return client
}

/** An address of the API without its beginning is the usual case; pages are asked for by their whole address. */
function isWhole(path: string): boolean {
  return path.startsWith('/api') || URL.canParse(path)
}
