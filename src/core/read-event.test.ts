import { describe, expect, test } from 'vitest'
import { readEvent } from './read-event.ts'
import { kit, read, receivedAt } from './sample.suite.ts'

const view = { type: 'track', event: 'Product Viewed', userId: 'u-1', messageId: 'm-1' }

function reasonOf(raw: unknown): string | undefined {
  const reading = read(raw)
  return reading.type === 'refused' ? reading.reason : undefined
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = { in: value }
  return value
}

function occurredAtOf(times: Record<string, unknown>, sentAt?: unknown): number {
  const reading = readEvent(
    { ...view, ...times },
    { receivedAt, sentAt, kit, newId: () => 'x', maxBytes: 10_000 },
  )
  return reading.type === 'ok' ? reading.occurredAt : Number.NaN
}

const at = (ms: number): string => new Date(ms).toISOString()

describe('reading an event', () => {
  test('a good event is kept as it came, as one line of JSON with its type and message id', () => {
    const reading = read({ ...view, properties: { note: 'two\nlines' }, own: [1] })
    expect(reading).toMatchObject({ type: 'ok', name: 'Product Viewed' })
    if (reading.type === 'refused') return
    expect(JSON.parse(reading.body)).toEqual({
      ...view,
      properties: { note: 'two\nlines' },
      own: [1],
    })
    expect(reading.body).not.toContain('\n')
  })

  test('the path of a single call says the type', () => {
    const given = { receivedAt, kit, newId: () => 'x', maxBytes: 1_000 }
    const reading = readEvent({ userId: 'u-1', type: 'track' }, { ...given, type: 'identify' })
    expect(reading).toMatchObject({ type: 'ok', name: 'identify', event: { type: 'identify' } })
  })

  test('an event without a message id gets one, a numeric one becomes text', () => {
    expect(read({ ...view, messageId: undefined })).toMatchObject({
      event: { messageId: 'made-up-id' },
    })
    expect(read({ ...view, messageId: 7 })).toMatchObject({ event: { messageId: '7' } })
  })

  test('a very long message id is told apart by its digest, so a repeat is still the same', () => {
    const messageId = 'm'.repeat(10_000)
    expect(read({ ...view, messageId })).toMatchObject({
      event: { messageId: kit.digest(messageId) },
    })
  })

  test('wrong types are put right or ignored', () => {
    expect(read({ ...view, userId: 7, anonymousId: { a: 1 }, groupId: true })).toMatchObject({
      type: 'ok',
      event: { userId: '7', anonymousId: undefined, groupId: undefined },
      identifiers: { externalId: '7' },
    })
  })

  test('what came is not changed', () => {
    const raw = { ...view, userId: 7 }
    read(raw)
    expect(raw).toEqual({ ...view, userId: 7 })
  })

  test.each([null, 1, 'text', [], [view], true])('%j is no event', (raw) => {
    expect(reasonOf(raw)).toBe('refused_unreadable')
  })

  test.each([undefined, 'purchase', 5])('an event of type %j is none', (type) => {
    expect(reasonOf({ ...view, type })).toBe('refused_unreadable')
  })

  test.each([undefined, '', '   ', {}])('a track needs a name: %j is none', (event) => {
    expect(reasonOf({ ...view, event })).toBe('refused_no_name')
  })

  test('an event that names nobody is refused', () => {
    expect(reasonOf({ ...view, userId: undefined })).toBe('refused_no_id')
    expect(reasonOf({ ...view, userId: ' ', anonymousId: [] })).toBe('refused_no_id')
  })

  test.each([
    { anonymousId: 'a-1' },
    { traits: { email: 'ana@shop.example' } },
    { context: { traits: { phone: '+4915112345678' } } },
    { properties: { email: 'ana@shop.example' } },
    { traits: { email: 'not an address' } },
  ])('%j names somebody', (person) => {
    expect(reasonOf({ ...view, userId: undefined, ...person })).toBeUndefined()
  })

  test('32 levels are taken, 33 are not, and no depth exhausts the stack', () => {
    expect(reasonOf({ ...view, properties: nested(32) })).toBe('refused_too_deep')
    expect(reasonOf({ ...view, properties: nested(31) })).toBeUndefined()
    expect(
      reasonOf(JSON.parse(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)},"type":"track"}`)),
    ).toBe('refused_too_deep')
  })

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused anywhere', (key) => {
    expect(reasonOf(JSON.parse(`{"type":"track","event":"x","userId":"u","${key}":1}`))).toBe(
      'refused_prototype_key',
    )
    const inside = `{"type":"track","event":"x","userId":"u","properties":{"a":[{"${key}":{}}]}}`
    expect(reasonOf(JSON.parse(inside))).toBe('refused_prototype_key')
  })

  test('size is counted in bytes of JSON', () => {
    const given = { receivedAt, kit, newId: () => 'x', maxBytes: 1_000 }
    const fits = { ...view, properties: { text: 'a'.repeat(850) } }
    expect(readEvent(fits, given).type).toBe('ok')
    const wide = { ...view, properties: { text: '€'.repeat(400) } }
    expect(readEvent(wide, given)).toEqual({ type: 'refused', reason: 'refused_too_large' })
  })

  test('NUL and halves of surrogate pairs leave names and ids, which databases keep as text', () => {
    const reading = read({ ...view, event: 'a\0b', userId: 'u\uD800', messageId: 'm\0' })
    expect(reading).toMatchObject({
      name: 'a\uFFFDb',
      identifiers: { externalId: 'u\uFFFD' },
      event: { messageId: 'm\uFFFD' },
    })
  })

  test('a page is listed by its name, else by its type', () => {
    expect(read({ type: 'page', anonymousId: 'a', name: 'Home' })).toMatchObject({ name: 'Home' })
    expect(read({ type: 'page', anonymousId: 'a' })).toMatchObject({ name: 'page' })
  })
})

describe('when it happened', () => {
  test('a clock that is wrong by an hour is put right by when it says that it sent', () => {
    const wrong = receivedAt - 3_600_000
    expect(occurredAtOf({ timestamp: at(wrong - 5_000) }, at(wrong))).toBe(receivedAt - 5_000)
    expect(occurredAtOf({ originalTimestamp: at(wrong - 5_000), sentAt: at(wrong) })).toBe(
      receivedAt - 5_000,
    )
  })

  test('without a time of sending the time is taken as it is', () => {
    expect(occurredAtOf({ timestamp: at(receivedAt - 7_000) })).toBe(receivedAt - 7_000)
    expect(occurredAtOf({ timestamp: '2026-01-02' })).toBe(Date.UTC(2026, 0, 2))
  })

  test('a time without a zone is UTC, whatever the machine says', () => {
    expect(occurredAtOf({ timestamp: '2026-01-02 03:04:05' })).toBe(Date.UTC(2026, 0, 2, 3, 4, 5))
  })

  test.each([undefined, null, '', 'yesterday', {}, Number.NaN, '2026-13-99T00:00:00Z'])(
    '%j is no time: it counts as now',
    (timestamp) => {
      expect(occurredAtOf({ timestamp })).toBe(receivedAt)
    },
  )

  test('seconds and milliseconds since 1970 are both understood', () => {
    expect(occurredAtOf({ timestamp: receivedAt })).toBe(receivedAt)
    expect(occurredAtOf({ timestamp: receivedAt / 1_000 })).toBe(receivedAt)
  })
})
