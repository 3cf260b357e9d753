import { afterEach, expect, test } from 'vitest'
import { openCast } from './cast.ts'
import type { Cast } from './cast.ts'
import { chanceOf } from './chance.ts'
import { settled } from './check.ts'
import { pause } from './pause.ts'
import { statusOf } from './shop.ts'

/** What a server may take while large events wait. */
const mostWithLargeEvents = 500
/** And while it takes or sends as much as it can. */
const mostInFlood = 700

let cast: Cast | undefined
afterEach(async () => {
  await cast?.close()
  cast = undefined
})

async function open(): Promise<Cast> {
  cast = await openCast({ engine: 'sqlite', chance: chanceOf(1) })
  return cast
}

interface Sent {
  readonly status: number
  readonly ms: number
}

async function post({ nodes, writeKey }: Cast, events: readonly object[]): Promise<Sent> {
  const start = performance.now()
  const answer = await fetch(`${nodes[0]?.url ?? ''}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ batch: events }),
  })
  await answer.arrayBuffer()
  return { status: answer.status, ms: performance.now() - start }
}

function long(kilobytes: number): object {
  return Object.fromEntries(
    Array.from({ length: Math.ceil(kilobytes / 50) }, (_, n) => [`part${n}`, 'x'.repeat(50_000)]),
  )
}

function event(id: string, n: number, more: object = {}): object {
  return {
    type: 'track',
    event: 'Step',
    messageId: id,
    userId: `${id}@example.com`,
    context: { traits: { email: `${id}@example.com` } },
    properties: { n, ...more },
  }
}

test('F24 I9 events of 1 KB to 900 KB wait for a Klaviyo that takes none: memory does not grow with them, and all arrive', async () => {
  const play = await open()
  const { klaviyo, nodes } = play
  await klaviyo.fail('/api/event*', 429, { retryAfter: 5 })
  let count = 0
  const wait = async (batches: number, name: string) => {
    for (let n = 0; n < batches; n += 1) {
      const id = `${name}-${n}`
      const batch = [event(`large-${id}`, n, long(900)), event(`middle-${id}`, n, long(100))]
      for (let small = 0; small < 20; small += 1) batch.push(event(`small-${id}-${small}`, n))
      expect((await post(play, batch)).status).toBe(200)
      count += batch.length
    }
    return nodes[0]?.peakMegabytes() ?? 0
  }
  const first = await wait(60, 'first')
  const then = await wait(120, 'then')
  expect((await statusOf(nodes[0]!)).toSend).toBe(count)
  await klaviyo.mend()
  await settled(play, 300_000)
  const megabytes = nodes[0]?.peakMegabytes() ?? 0
  console.log(
    `ok ${count} events of 180 MB waited; at most ${Math.round(first)} MB of memory with a third of them, ` +
      `${Math.round(then)} with all, ${Math.round(megabytes)} on the way`,
  )
  expect((await statusOf(nodes[0]!)).counts['accepted']).toBe(count)
  // What a third of them took, and what the collector had not come round to: less than the 120 MB that came since.
  expect(then).toBeLessThan(Math.min(first + 120, mostWithLargeEvents))
  expect(megabytes).toBeLessThan(mostInFlood)
})

test('F25 I9 sixty-four clients send as fast as they are answered: whatever was answered 200 arrives', async () => {
  const play = await open()
  const { nodes } = play
  const answers: Sent[] = []
  const watch = { goesOn: true }
  const clients = Array.from({ length: 64 }, async (_, client) => {
    for (let n = 0; watch.goesOn; n += 1) {
      const batch = Array.from({ length: 50 }, (__, one) => event(`${client}-${n}-${one}`, one))
      answers.push(await post(play, batch))
    }
  })
  await pause(5000)
  watch.goesOn = false
  await Promise.all(clients)
  await settled(play, 300_000)
  const others = answers.filter(({ status }) => ![200, 429, 503].includes(status))
  expect(others).toEqual([])
  const taken = answers.filter(({ status }) => status === 200)
  const times = taken.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const p99 = times[Math.floor(times.length * 0.99)] ?? 0
  const { counts } = await statusOf(nodes[0]!)
  const megabytes = nodes[0]?.peakMegabytes() ?? 0
  console.log(
    `ok ${taken.length * 50} events in 5 s from 64 clients, p99 ${Math.round(p99)} ms, ` +
      `at most ${Math.round(megabytes)} MB of memory`,
  )
  expect(counts['accepted']).toBe(taken.length * 50)
  // Nobody waits longer than the door lets anybody wait.
  expect(p99).toBeLessThan(10_000)
  expect(megabytes).toBeLessThan(mostInFlood)
})
