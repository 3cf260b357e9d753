import { describe, expect, test } from 'vitest'
import type { JsonObject } from './event.ts'
import { identifiersOf, personKeyOf } from './identity.ts'
import { kit } from './sample.suite.ts'

function found(event: JsonObject, country?: string): object {
  return identifiersOf(event, kit, country)
}

describe('who an event names', () => {
  test('R1 identify names a visitor by user id, email and phone', () => {
    const event = {
      type: 'identify',
      userId: 'u-1',
      anonymousId: 'a-1',
      traits: { email: ' Ana@Shop.Example ', phone: '+49 151 12345678' },
    }
    expect(found(event)).toEqual({
      email: 'ana@shop.example',
      phone: '+4915112345678',
      externalId: 'u-1',
      anonymousId: 'a-1',
    })
  })

  test('R16 R20 a server names the person in context.traits, for track and for screen', () => {
    const context = { traits: { email: 'ana@shop.example' } }
    expect(found({ type: 'track', context })).toEqual({ email: 'ana@shop.example' })
    expect(found({ type: 'screen', context })).toEqual({ email: 'ana@shop.example' })
    expect(found({ type: 'track', traits: { email: 'ana@shop.example' } })).toEqual({
      email: 'ana@shop.example',
    })
  })

  test('L5 a phone number in the store’s national form is read with its country', () => {
    const event = { traits: { phone: '0151 12345678' } }
    expect(found(event, 'DE')).toEqual({ phone: '+4915112345678' })
    expect(found(event)).toEqual({})
  })

  test('an international domain becomes ASCII', () => {
    expect(found({ traits: { email: 'jo@Bücher.example' } })).toEqual({
      email: 'jo@xn--bcher-kva.example',
    })
  })

  test.each([
    'jane@',
    '@shop.example',
    'a b@shop.example',
    'a..b@shop.example',
    'x@y',
    'plain',
    5,
    {},
  ])('%j is no email address and names nobody', (email) => {
    expect(found({ traits: { email } })).toEqual({})
  })

  test('an invalid address in the traits gives way to a valid one elsewhere', () => {
    const event = { traits: { email: 'jane@' }, properties: { email: 'jane@shop.example' } }
    expect(found(event)).toEqual({ email: 'jane@shop.example' })
  })

  test('a group’s own address is not the person’s when the person’s is known', () => {
    const event = {
      type: 'group',
      traits: { email: 'office@firm.example' },
      context: { traits: { email: 'ana@shop.example' } },
    }
    expect(found(event)).toEqual({ email: 'ana@shop.example' })
  })

  test('an id too long for an index names nobody', () => {
    expect(found({ userId: 'u'.repeat(256), anonymousId: 'a' })).toEqual({ anonymousId: 'a' })
  })

  test('S22 the same email in any spelling is one person; without one the phone, then the id', () => {
    expect(personKeyOf({ email: 'a@b.co', phone: '+4915112345678', externalId: '7' })).toBe(
      'email:a@b.co',
    )
    expect(personKeyOf({ phone: '+4915112345678', externalId: '7' })).toBe('phone:+4915112345678')
    expect(personKeyOf({ externalId: '7', anonymousId: 'x' })).toBe('id:7')
    expect(personKeyOf({ anonymousId: 'x' })).toBeUndefined()
    expect(found({ traits: { email: 'ANA@shop.example' } })).toEqual(
      found({ traits: { email: 'ana@SHOP.example' } }),
    )
  })
})
