import { expect, test } from 'vitest'
import { scrub } from './scrub.ts'

test.each([
  ['no such user ada.lovelace+shop@example.co.uk here', 'no such user [email] here'],
  ['call +49 151 2345678 or +4915123456789', 'call [phone] or [phone]'],
  ['key pk_abcdef0123456789abcdef', 'key [key]'],
  ['Authorization: Klaviyo-API-Key pk_x1', 'Authorization: Klaviyo-API-Key [redacted]'],
  ['bearer abc.def-ghi', 'bearer [redacted]'],
  ['eyJhbGciOi.eyJzdWIi.abc_-', '[token]'],
  ['postgres://shop:hunter2@db.internal:5432/x', 'postgres://[redacted]@db.internal:5432/x'],
])('A87 %j is logged as %j', (text, logged) => {
  expect(scrub(text)).toBe(logged)
})

test('what leads on stays: ids, times, addresses of hosts, numbers', () => {
  const line =
    '{"time":"2026-11-21T10:00:00.000Z","connection":"con_01KBT9","error":"connect ECONNREFUSED 127.0.0.1:5432","count":1234567890123}'
  expect(scrub(line)).toBe(line)
})
