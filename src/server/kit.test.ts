import { expect, test } from 'vitest'
import { kit } from './kit.ts'

test.each([
  ['+49 30 901820', undefined, '+4930901820'],
  ['030 901820', 'DE', '+4930901820'],
  ['030 901820', 'de', '+4930901820'],
  ['(212) 555-0123', 'US', '+12125550123'],
  ['030 901820', undefined, undefined],
  ['030 901820', 'ZZ', undefined],
  ['+1', 'US', undefined],
  ['call me at +49 30 901820', 'DE', undefined],
  ['', 'DE', undefined],
])('a phone number becomes E.164 or nothing: %j of %s', (text, country, expected) => {
  expect(kit.phone(text, country)).toBe(expected)
})

test.each([
  ['Example.COM', 'example.com'],
  ['bücher.de', 'xn--bcher-kva.de'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['mail.example.co.uk', 'mail.example.co.uk'],
  ['localhost', undefined],
  ['1.2.3.4', undefined],
  ['example..com', undefined],
  ['-a.com', undefined],
  ['a_b.com', undefined],
  ['example.com.', undefined],
  ['exa%6dple.com', undefined],
  ['example.com/path', undefined],
  ['', undefined],
  [`${'a'.repeat(250)}.com`, undefined],
])('a domain becomes ASCII or nothing: %j', (text, expected) => {
  expect(kit.domain(text)).toBe(expected)
})

test('a digest is hex SHA-256', () => {
  expect(kit.digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
