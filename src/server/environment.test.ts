import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigurationError, readEnvironment } from './environment.ts'

test('without variables everything has its default', () => {
  expect(readEnvironment({})).toEqual({
    dataDir: resolve('data'),
    host: '127.0.0.1',
    port: { number: 4400, given: false },
    logLevel: 'info',
  })
})

test('a variable that is set and empty counts as not set', () => {
  expect(readEnvironment({ TILLPOST_PORT: '', DATABASE_URL: ' ', TILLPOST_KEYS: '' })).toEqual(
    readEnvironment({}),
  )
})

test('variables say where and how it runs', () => {
  const environment = readEnvironment({
    DATABASE_URL: 'postgres://tillpost@db.internal/tillpost',
    TILLPOST_DATA: '/var/lib/tillpost',
    TILLPOST_HOST: '0.0.0.0',
    TILLPOST_PORT: '80',
    TILLPOST_KEYS: 'abc',
    KLAVIYO_BASE_URL: 'http://127.0.0.1:4402/',
    TILLPOST_LOG: 'warn',
  })
  expect(environment).toEqual({
    dataDir: '/var/lib/tillpost',
    databaseUrl: 'postgres://tillpost@db.internal/tillpost',
    host: '0.0.0.0',
    port: { number: 80, given: true },
    keys: 'abc',
    klaviyoUrl: 'http://127.0.0.1:4402',
    logLevel: 'warn',
  })
})

test.each([
  [{ TILLPOST_PORT: 'eighty' }, /TILLPOST_PORT is "eighty"/u],
  [{ TILLPOST_PORT: '65536' }, /0 to 65535/u],
  [{ TILLPOST_PORT: '-1' }, /0 to 65535/u],
  [{ TILLPOST_LOG: 'loud' }, /silent, error, warn, info, debug/u],
  [{ KLAVIYO_BASE_URL: 'klaviyo' }, /https:\/\//u],
  [{ KLAVIYO_BASE_URL: 'http://klaviyo.example' }, /never travel unencrypted/u],
  [{ DATABASE_URL: 'mysql://localhost/x' }, /postgres:\/\/user:password@host:5432\/database/u],
  [{ DATABASE_URL: 'tillpost.db' }, /Unset it to keep everything in an SQLite file/u],
])('a variable that cannot be used is named, with what to do: %j', (env, message) => {
  expect(() => readEnvironment(env)).toThrow(ConfigurationError)
  expect(() => readEnvironment(env)).toThrow(message)
})

const oidc = {
  TILLPOST_OIDC_ISSUER: 'https://id.example/realm/',
  TILLPOST_OIDC_CLIENT_ID: 'tillpost',
  TILLPOST_OIDC_CLIENT_SECRET: 'secret',
}

test('an identity provider is named by its host unless told, and spoken to by https', () => {
  const [issuer, clientId, clientSecret] = Object.values(oidc)
  const named = (name: string) => ({ issuer, clientId, clientSecret, name })
  expect(readEnvironment(oidc).oidc).toEqual(named('id.example'))
  const env = { ...oidc, TILLPOST_OIDC_NAME: 'Acme ID' }
  expect(readEnvironment(env).oidc).toEqual(named('Acme ID'))
  const here = { ...oidc, TILLPOST_OIDC_ISSUER: 'http://localhost:8080' }
  expect(readEnvironment(here).oidc?.issuer).toBe('http://localhost:8080')
})

test.each([
  [{ TILLPOST_OIDC_NAME: 'Acme ID' }, /all three, or none/u],
  [{ ...oidc, TILLPOST_OIDC_CLIENT_SECRET: '' }, /all three, or none/u],
  [{ ...oidc, TILLPOST_OIDC_ISSUER: 'id.example' }, /must be the https:/u],
  [{ ...oidc, TILLPOST_OIDC_ISSUER: 'http://id.example' }, /must be the https:/u],
  [{ ...oidc, TILLPOST_OIDC_ISSUER: 'https://id.example/?realm=1' }, /without a query/u],
])('an identity provider that cannot be used is refused: %j', (env, message) => {
  expect(() => readEnvironment(env)).toThrow(ConfigurationError)
  expect(() => readEnvironment(env)).toThrow(message)
})

test('a password in DATABASE_URL is not repeated in the message', () => {
  const env = { DATABASE_URL: 'mysql://tillpost:hidden@localhost/x' }
  expect(() => readEnvironment(env)).not.toThrow(/hidden/u)
})
