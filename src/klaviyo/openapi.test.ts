import { existsSync, readFileSync } from 'node:fs'
import addFormats from 'ajv-formats'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action, Way } from '../core/index.ts'
import { operations } from './generated/tables.ts'
import { operationOfWay } from './governor.ts'
import { memberOf, textOf } from './json.ts'
import { openAt, orderOf, shopperOf, startStub, type Stub, subscribeOf } from './stub.suite.ts'

// Klaviyo's OpenAPI file lies beside the project where it is developed.
const file = new URL('../../../shared/klaviyo/openapi-stable.json', import.meta.url)

describe.skipIf(!existsSync(file))('every body is what Klaviyo’s OpenAPI file describes', () => {
  let stub: Stub
  let specification: unknown
  let ajv: Ajv
  beforeAll(async () => {
    stub = await startStub()
    specification = relaxed(JSON.parse(readFileSync(file, 'utf8')))
    ajv = new Ajv({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addSchema(specification as object, 'klaviyo')
  })
  afterAll(() => stub.close())

  const identifiers = {
    email: 'ana@example.com',
    phone: '+15005550006',
    externalId: 'c7',
    anonymousId: 'd1',
  }
  const profile = {
    identifiers,
    attributes: {
      first_name: 'Ana',
      last_name: null,
      organization: 'Acme',
      title: 'Dr',
      image: 'https://acme.example/a.png',
      locale: 'pt-PT',
      location: {
        address1: 'Rua 1',
        city: 'Porto',
        country: 'Portugal',
        region: 'Norte',
        zip: '4000-008',
        latitude: 41.1,
        longitude: '-8.6',
        timezone: 'Europe/Lisbon',
        ip: '203.0.113.9',
      },
    },
    properties: { tier: 'gold', old: null },
    groups: [{ name: 'last order', keep: 'latest', properties: { LastOrder: '1042' } }],
  } as const
  const order = orderOf('', { profile, backfill: true })
  const bare = orderOf('ben@example.com')
  const shopper = { type: 'profile', profile } as const
  const consent = subscribeOf('', {
    profile: { identifiers },
    channels: ['email', 'sms'],
    listId: 'Y6nRLr',
    source: 'Checkout',
  })
  const { source: _source, ...leave } = consent
  const unsubscribe = { ...leave, type: 'unsubscribe' } as const

  const requests: readonly [string, Way, readonly Action[]][] = [
    ['an event with everything', 'event', [order]],
    ['an event with an email only', 'event', [bare]],
    ['many events', 'events', [order, bare, { ...order, uniqueId: '2' }]],
    ['a profile', 'profile', [shopper]],
    ['many profiles', 'profiles', [shopperOf({ email: 'a@b.co' }), shopperOf({ externalId: '7' })]],
    ['consent for email and SMS', 'subscribe', [consent]],
    ['consent without a list', 'subscribe', [subscribeOf('a@b.co')]],
    ['consent withdrawn', 'unsubscribe', [unsubscribe]],
  ]
  test.each(requests)('%s (%s)', async (_title, way, actions) => {
    stub.requests.length = 0
    const { answer } = await openAt(stub.url).send(way, actions, { timeoutMs: 5_000 })
    expect(answer).toEqual({ type: 'accepted' })
    const { path, method } = operations[operationOfWay[way]]
    expect(stub.requests).toMatchObject([{ path, method }])
    const content = [path, 'post', 'requestBody', 'content', 'application/vnd.api+json', 'schema']
    const reference = textOf(specification, 'paths', ...content, '$ref')
    const validate = ajv.compile({ $ref: `klaviyo${reference}` })
    validate(stub.requests[0]!.json)
    expect(validate.errors ?? []).toEqual([])
  })

  test('the check would see a member that Klaviyo does not name', () => {
    const schema = 'klaviyo#/components/schemas/ProfileUpsertQuery'
    const validate = ajv.compile({ $ref: schema })
    const attributes = { email: 'a@b.co', anonymous_id: 'd1' }
    expect(validate({ data: { type: 'profile', attributes } })).toBe(false)
    expect(memberOf(specification, 'components', 'schemas', 'ProfileUpsertQuery')).toBeDefined()
  })
})

/**
 * `oneOf` holds identical branches in this file and refuses valid bodies: it is read as `anyOf`. Objects
 * with named members take no others, so that a misspelt one is seen.
 */
function relaxed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relaxed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [
    key === 'oneOf' ? 'anyOf' : key,
    relaxed(member),
  ])
  const schema = Object.fromEntries(entries) as Record<string, unknown>
  const isClosed = schema['type'] === 'object' && typeof schema['properties'] === 'object'
  if (isClosed && schema['additionalProperties'] === undefined) {
    schema['additionalProperties'] = false
  }
  if (schema['nullable'] !== true || schema['type'] !== undefined) return schema
  const { nullable: _nullable, ...rest } = schema
  return { anyOf: [rest, { type: 'null' }] }
}
