import { afterEach, expect, test } from 'vitest'
import { createGovernors } from './governor.ts'
import { Lines } from './lines.ts'
import { openAt, orderOf, realClock, startStub } from './stub.suite.ts'
import type { Stub } from './stub.suite.ts'

let stub: Stub | undefined
afterEach(() => stub?.close())

function takeAll(lines: Lines, accountId: string): number {
  let taken = 0
  while (lines.waitMs(accountId) === 0) {
    lines.take(accountId)
    taken += 1
  }
  return taken
}

test('F12 F18 I10 however many accounts hang, one line is left for whoever comes', () => {
  const lines = new Lines(256)
  const held = Array.from({ length: 7 }, (_, n) => takeAll(lines, `hangs-${n}`))
  expect(held).toEqual([128, 64, 32, 16, 8, 4, 2])
  expect(takeAll(lines, 'comes')).toBe(1)
  for (let n = 0; n < 128; n += 1) lines.give('hangs-0')
  expect(takeAll(lines, 'comes later')).toBe(65)
})

test('F12 F18 I10 an account whose requests hang does not hold up another', async () => {
  stub = await startStub()
  const hanging = new Set<() => void>()
  stub.answer(({ headers }, response) => {
    if (!String(headers['authorization']).includes('hangs')) return { status: 202 }
    hanging.add(() => response.writeHead(202).end())
    return undefined
  })
  const governors = createGovernors(realClock)
  const timeoutMs = 15_000
  const hangs = openAt(stub.url, {
    governors,
    accountId: 'Hangs1',
    auth: { type: 'key', key: 'pk_hangs' },
  })
  const under: Promise<unknown>[] = []
  // As many as its windows and its share let go: more than there are connections, were it for the windows alone.
  while (hangs.waitMs('event') === 0)
    under.push(hangs.send('event', [orderOf('a@b.co')], { timeoutMs }))
  expect(under.length).toBeLessThan(256)
  const others = Array.from({ length: 20 }, (_, n) =>
    openAt(stub!.url, { governors, accountId: `Other${n}` }),
  )
  const began = performance.now()
  const came = await Promise.all(
    others.map((other) => other.send('event', [orderOf('c@d.co')], { timeoutMs })),
  )
  const tookMs = performance.now() - began
  expect(came.map(({ answer }) => answer.type)).toEqual(others.map(() => 'accepted'))
  expect(tookMs).toBeLessThan(timeoutMs / 2)
  for (const release of hanging) release()
  await Promise.all(under)
})
