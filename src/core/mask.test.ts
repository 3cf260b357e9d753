import { describe, expect, test } from 'vitest'
import { maskOf, unmasked } from './mask.ts'

const mask = maskOf({ email: 'jane.doe@acme.com', phone: '+4915112345612' })

describe('masking', () => {
  test('addresses, numbers and names keep what helps to tell them apart', () => {
    expect(mask.text('jane.doe@acme.com')).toBe('j•••@a•••.com')
    expect(mask.text('call +49 151 123456-12 now')).toBe('call +49•••••12 now')
    expect(mask.json({ first_name: 'Jane', lastName: 'van Doe', name: 'Blue Shirt' })).toEqual({
      first_name: 'J.',
      lastName: 'v. D.',
      name: 'Blue Shirt',
    })
    expect(mask.json({ traits: { name: 'Jane Doe' }, ip: '203.0.113.77' })).toEqual({
      traits: { name: 'J. D.' },
      ip: '203.0.113.•••',
    })
  })

  test('by the name of a field, in whatever way it is written, and as deep as it stands', () => {
    const hidden = mask.json({
      $phone_number: '0151 1234567',
      billingAddress: { street: 'Hauptstr. 7', zip: 50667, country: 'DE', list: ['Köln'] },
      customer: { 'E-Mail': 'jane', birthday: '1990-01-01' },
      products: [{ name: 'Shirt', price: 7 }],
    })
    expect(hidden).toEqual({
      $phone_number: '015•••••67',
      billingAddress: { street: '•••', zip: '•••', country: '•••', list: ['•••'] },
      customer: { 'E-Mail': '•••', birthday: '•••' },
      products: [{ name: 'Shirt', price: 7 }],
    })
  })

  test('by what a value looks like: in addresses of pages, in sentences, as keys', () => {
    expect(mask.text('https://a.example/?mail=bob%40shop.example&x=1')).toBe(
      'https://a.example/?mail=b•••%40s•••.example&x=1',
    )
    expect(
      mask.json({ 'bob@shop.example': { note: 'from 2001:db8:85a3:0:0:8a2e:370:7334' } }),
    ).toEqual({
      'b•••@s•••.example': { note: 'from 2001:db8:85a3:•••' },
    })
    expect(mask.text('Order 1234-5678 of 2026-11-21, 27.50 EUR, version 1.2.3')).toBe(
      'Order 1234-5678 of 2026-11-21, 27.50 EUR, version 1.2.3',
    )
  })

  test('also what was mistyped: whoever looks for what went wrong looks at those', () => {
    expect(mask.text('of anna.schmidt@gmx..de, carla@gmx and b@c,de')).toBe(
      'of a•••@g•••.de, c•••@g••• and b•••@c•••,de',
    )
    for (const id of ['anna.schmidt@gmx,de', '"<svg/onload=alert(1)>"@x.example', '@anna_schmidt'])
      expect(mask.identifiers({ externalId: id, anonymousId: id })).toEqual({
        externalId: expect.not.stringMatching(/schmidt|svg/),
        anonymousId: expect.not.stringMatching(/schmidt|svg/),
      })
    expect(mask.identifiers({ externalId: 'c-1' })).toEqual({ externalId: 'c-1' })
  })

  test('a body whose end is cut off is masked as far as it goes', () => {
    const body =
      '{"data":{"first_name":"Jane","email":"jane.doe@acme.com","phone_number":"+49151999","city":"Kö'
    const hidden = mask.body(body)
    for (const secret of ['Jane', 'jane', 'acme', '151999', 'Kö'])
      expect(hidden).not.toContain(secret)
    expect(mask.body('{"a":1}')).toBe('{"a":1}')
    expect(unmasked.body(body)).toBe(body)
  })

  test('a long text without an end is masked in reasonable time', () => {
    const start = performance.now()
    mask.text(`${'a.'.repeat(50_000)}@${'b.'.repeat(50_000)}`)
    mask.text(`+${'1 '.repeat(100_000)}`)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
