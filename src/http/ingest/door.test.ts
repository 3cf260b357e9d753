import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock, Config, Journal, Log, Received, Refused } from '../../core/index.ts'
import { JournalUnavailable } from '../../core/index.ts'
import { type Door, openDoor } from './door.ts'

/** Takes events, or says why not. Covers only what the door asks of a journal: `append` and `refuse`. */
interface Shelf {
  readonly taken: Received[]
  readonly refused: Refused[]
  /** The next calls fail. */
  away: number
  /** Nothing is ever answered. */
  silent: boolean
  broken: boolean
}

interface Bench {
  readonly shelf: Shelf
  readonly fed: number[]
  readonly lines: string[]
  readonly door: Door
  post(body: string): Promise<{ status: number; text: string; retryAfter: string | null }>
  /** Moves the clock on, and lets run what was due. */
  pass(ms: number): void
}

async function openBench(): Promise<Bench> {
  const shelf: Shelf = { taken: [], refused: [], away: 0, silent: false, broken: false }
  const fed: number[] = []
  const lines: string[] = []
  const time = manualClock()
  const check = async () => {
    if (shelf.silent) await new Promise(() => {})
    if (shelf.broken) throw new TypeError('a bug')
    if (shelf.away === 0) return
    shelf.away -= 1
    throw new JournalUnavailable('The disk is full.')
  }
  const journal = {
    async append(events: readonly Received[]) {
      await check()
      shelf.taken.push(...events)
      return events.map((event, index) => ({
        seq: index + 1,
        duplicate: false,
        identifiers: event.identifiers,
        link: false,
      }))
    },
    async refuse(refused: readonly Refused[]) {
      await check()
      shelf.refused.push(...refused)
    },
  }
  const config = {
    sourceOfKey: async () => ({
      workspaceId: 'wsp_1',
      id: 'src_1',
      storeId: 'sto_1',
      name: 'Web',
      writeKey: 'wk_1',
      enabled: true,
    }),
    stores: async () => [],
  }
  const say = (_fields: object, message: string) => void lines.push(message)
  const log: Log = { info: say, warn: say, error: say }
  const door = openDoor({
    // The rest of these ports is not the door's business.
    // oxlint-disable-next-line no-unsafe-type-assertion
    journal: journal as unknown as Journal,
    // oxlint-disable-next-line no-unsafe-type-assertion
    config: config as unknown as Config,
    engine: { feed: (events) => fed.push(events.length) },
    clock: time.clock,
    kit: {
      phone: () => undefined,
      domain: (text) => text,
      digest: (text) => text,
      claims: () => undefined,
      pattern: () => undefined,
    },
    log,
  })
  const server = createServer((request, response) => door.receive(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    shelf,
    fed,
    lines,
    door,
    pass: (ms) => time.pass(ms),
    async post(body) {
      const response = await fetch(`http://127.0.0.1:${port}/v1/track?writeKey=wk_1`, {
        method: 'POST',
        body,
      })
      const retryAfter = response.headers.get('retry-after')
      return { status: response.status, text: await response.text(), retryAfter }
    },
  }
}

/** Time that only moves when it is told to. */
function manualClock(): { readonly clock: Clock; pass(ms: number): void } {
  let now = 1_000_000
  const due = new Map<symbol, { readonly at: number; readonly run: () => void }>()
  return {
    clock: {
      now: () => now,
      monotonic: () => now,
      random: () => 0.5,
      after(ms, then) {
        const key = Symbol('timer')
        due.set(key, { at: now + ms, run: then })
        return () => due.delete(key)
      },
    },
    pass(ms) {
      now += ms
      for (const [key, { at, run }] of due) {
        if (at > now) continue
        due.delete(key)
        run()
      }
    },
  }
}

const event = '{"event":"Product Viewed","userId":"7"}'

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5000
  while (!holds()) {
    if (performance.now() > end) throw new Error('It did not come to that.')
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

describe('while the journal takes nothing', () => {
  test('an event waits at the door for a journal that is soon back, and is taken once', async () => {
    const bench = await openBench()
    bench.shelf.away = 2
    const answer = bench.post(event)
    await until(() => bench.shelf.away === 1)
    expect(bench.door.open).toBe(false)
    bench.pass(200)
    await until(() => bench.shelf.away === 0)
    bench.pass(200)
    expect(await answer).toMatchObject({ status: 200, text: '{"success":true}' })
    expect(bench.shelf.taken).toHaveLength(1)
    expect(bench.fed).toEqual([1])
    expect(bench.door.open).toBe(true)
  })

  test('F17 A92 after five seconds it is 503 with Retry-After, and then at once for whoever comes', async () => {
    const bench = await openBench()
    bench.shelf.away = 3
    const first = bench.post(event)
    await until(() => bench.shelf.away === 2)
    bench.pass(5000)
    expect(await first).toMatchObject({ status: 503, retryAfter: '10' })
    expect(await bench.post(event)).toMatchObject({ status: 503, retryAfter: '10' })
    expect(await bench.post(event)).toMatchObject({ status: 200 })
    expect(bench.fed).toEqual([1])
    expect(bench.lines).toEqual([
      'The journal takes nothing: events are kept waiting',
      'The journal takes events again',
    ])
  })

  test('F7 a journal that never answers is 503 too', async () => {
    const bench = await openBench()
    bench.shelf.silent = true
    const answer = bench.post(event)
    // The event is at the journal once nothing more happens by itself.
    for (let round = 0; round < 200; round += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      if (round > 20) bench.pass(100)
    }
    expect(await answer).toMatchObject({ status: 503, retryAfter: '10' })
  })

  test('F25 64 MB of waiting bodies are the most; more is 503 at once, and they are taken later', async () => {
    const bench = await openBench()
    bench.shelf.away = Infinity
    const large = `{"event":"a","userId":"7","properties":{"text":"${'x'.repeat(900_000)}"},"more":"${'y'.repeat(3_000_000)}"}`
    const answers = Array.from({ length: 20 }, () => bench.post(large))
    const early = await Promise.race(answers)
    expect(early).toMatchObject({ status: 503, retryAfter: '10' })
    bench.shelf.away = 0
    const pump = setInterval(() => bench.pass(200), 5)
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    clearInterval(pump)
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0)
    expect(statuses.filter((status) => status === 503).length).toBeLessThan(8)
    // All room was given back.
    expect(await bench.post(event)).toMatchObject({ status: 200 })
  })
})

test('what was refused is kept before it is answered, too', async () => {
  const bench = await openBench()
  expect(await bench.post('{"userId":"7"}')).toMatchObject({ status: 200 })
  expect(bench.shelf.refused).toMatchObject([{ reason: 'refused_no_name', body: '{"userId":"7"}' }])
  expect(bench.fed).toEqual([])
})

test('A91 a bug of ours is said in the log without anything of the event, and the sender keeps it', async () => {
  const bench = await openBench()
  bench.shelf.broken = true
  expect(await bench.post(event)).toMatchObject({ status: 500, retryAfter: '10' })
  expect(bench.lines).toEqual(['A request with events could not be handled'])
})
