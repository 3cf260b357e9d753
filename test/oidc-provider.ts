import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Whom the provider has in front of it, and what it does wrong. */
export interface ProviderState {
  subject: string
  email: string | undefined
  verified: boolean
  /** The email address is told at `/userinfo`, not in the token. */
  tells: 'token' | 'userinfo'
  fault:
    | undefined
    | 'denied'
    | 'nonce'
    | 'signature'
    | 'unsigned'
    | 'audience'
    | 'issuer'
    | 'expired'
    | 'broken'
}

export interface OidcProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly state: ProviderState
  /** Tokens that it was asked for. */
  readonly asked: () => number
}

interface Grant {
  readonly nonce: string | null
  readonly challenge: string | null
  readonly redirectUri: string | null
}

/** A small OpenID Connect provider on this machine, which lets everybody in without asking. */
export async function startProvider(): Promise<OidcProvider> {
  const [clientId, clientSecret] = ['tillpost', 'a secret: with + signs']
  const state: ProviderState = {
    subject: 'sub-olga',
    email: 'Olga@Shop.example',
    verified: true,
    tells: 'token',
    fault: undefined,
  }
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const grants = new Map<string, Grant>()
  let issuer = ''
  let asked = 0

  const person = () =>
    state.email === undefined ? {} : { email: state.email, email_verified: state.verified }

  function idToken({ nonce }: Grant): string {
    const { fault } = state
    const now = Math.floor(Date.now() / 1000)
    const expiresIn = fault === 'expired' ? -600 : 300
    const claims = {
      iss: fault === 'issuer' ? 'https://elsewhere.example' : issuer,
      sub: state.subject,
      aud: fault === 'audience' ? 'another-client' : clientId,
      nonce: fault === 'nonce' ? 'another' : nonce,
      iat: now - 900,
      exp: now + expiresIn,
      ...(state.tells === 'token' ? person() : {}),
    }
    const alg = fault === 'unsigned' ? 'none' : 'RS256'
    const text = [{ alg, kid: 'one' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    if (fault === 'unsigned') return `${text}.`
    const { privateKey } = fault === 'signature' ? other : own
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`
  }

  function tokenFor(given: URLSearchParams, authorization = ''): readonly [number, object] {
    asked += 1
    if (state.fault === 'broken') return [503, { error: 'temporarily_unavailable' }]
    const [id = '', secret = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64')
      .toString()
      .split(':')
      .map((part) => new URLSearchParams(`x=${part}`).get('x') ?? '')
    if (id !== clientId || secret !== clientSecret) return [401, { error: 'invalid_client' }]
    const code = given.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    const proof = createHash('sha256').update(given.get('code_verifier') ?? '')
    const isGood =
      grant?.redirectUri === given.get('redirect_uri') &&
      grant.challenge === proof.digest('base64url')
    if (!isGood) return [400, { error: 'invalid_grant' }]
    const tokens = { access_token: 'access', token_type: 'bearer', id_token: idToken(grant) }
    return [200, tokens]
  }

  /** Where the browser goes on. */
  function authorize({ searchParams }: URL): string {
    const redirectUri = searchParams.get('redirect_uri')
    const back = new URL(redirectUri ?? '')
    back.searchParams.set('state', searchParams.get('state') ?? '')
    if (state.fault === 'denied') {
      back.searchParams.set('error', 'access_denied')
      return back.href
    }
    const isS256 = searchParams.get('code_challenge_method') === 'S256'
    const challenge = isS256 ? searchParams.get('code_challenge') : null
    const code = randomUUID()
    grants.set(code, { nonce: searchParams.get('nonce'), challenge, redirectUri })
    back.searchParams.set('code', code)
    return back.href
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', issuer)
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return answer(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        })
      case '/jwks': {
        const key = own.publicKey.export({ format: 'jwk' })
        return answer(200, { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] })
      }
      case '/authorize':
        return response.writeHead(302, { location: authorize(url) }).end()
      case '/token': {
        const body = new URLSearchParams(await textOf(request))
        return answer(...tokenFor(body, request.headers.authorization))
      }
      case '/userinfo':
        return answer(200, { sub: state.subject, ...person() })
      default:
        return answer(404, {})
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { issuer, clientId, clientSecret, state, asked: () => asked }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
