import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { run, startVictim } from './process.ts'
import type { Victim } from './process.ts'

const rounds = Number(process.env['CRASH_ROUNDS'] ?? 50)
const shoppers = 40
const clients = 8

let klaviyo: Simulator | undefined
let victim: Victim | undefined
let dir: string | undefined
afterEach(async () => {
  await victim?.stop()
  await klaviyo?.close()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

/** What one client sends for its shoppers, and what was answered. */
interface Shopper {
  readonly email: string
  sent: number
}

test(`M24 the server is killed ${rounds} times under load: every answered event is at Klaviyo once, each person’s in order`, async () => {
  const random = randomOf(Number(process.env['CRASH_SEED'] ?? Date.now() % 100_000))
  dir = mkdtempSync(join(tmpdir(), 'tillpost-crash-'))
  klaviyo = await startSimulator({ repeats: 'history' })
  const env = {
    TILLPOST_DATA: dir,
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: klaviyo.account().privateKey,
    TILLPOST_LOG: 'warn',
  }
  const { writeKey } = JSON.parse(await run(['init', '--json'], env)) as { writeKey: string }
  victim = await startVictim(await freePort(), env)
  const { url } = victim

  const work = { goesOn: true }
  const people: Shopper[] = Array.from({ length: shoppers }, (_, n) => ({
    email: `shopper${n}@example.com`,
    sent: 0,
  }))
  let answered = 0
  let resent = 0
  const client = async (mine: readonly Shopper[]) => {
    while (work.goesOn) {
      const size = 1 + Math.floor(random() * (random() < 0.2 ? 120 : 6))
      const batch = Array.from({ length: size }, () => {
        const shopper = mine[Math.floor(random() * mine.length)]
        if (shopper === undefined) throw new Error('A client has nobody.')
        shopper.sent += 1
        return eventOf(shopper)
      })
      // What is not answered 200 is sent again, the same, until it is.
      for (;;) {
        if (await post(url, writeKey, batch)) break
        resent += 1
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      answered += batch.length
      await new Promise((resolve) => setTimeout(resolve, random() * 30))
    }
  }
  const each = shoppers / clients
  const all = Promise.all(
    Array.from({ length: clients }, (_, n) => client(people.slice(n * each, (n + 1) * each))),
  )
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, random() * 1500))
    await victim.kill()
  }
  work.goesOn = false
  await all
  await settled(url, answered)

  for (const { email, sent } of people) {
    const seen = klaviyo
      .events('Step')
      .filter(({ profile }) => profile.email === email)
      .map(({ properties }) => properties['n'])
    expect({ email, seen }).toEqual({ email, seen: Array.from({ length: sent }, (_, n) => n + 1) })
  }
  const total = people.reduce((sum, { sent }) => sum + sent, 0)
  expect(answered).toBe(total)
  expect(resent).toBeGreaterThan(0)
  console.log(
    `${rounds} kills, ${total} events answered, ${resent} requests sent again, ` +
      `${klaviyo.counters().throttled} answers 429`,
  )
})

function eventOf(shopper: Shopper): object {
  const n = shopper.sent
  return {
    type: 'track',
    event: 'Step',
    messageId: `${shopper.email}-${n}`,
    userId: shopper.email,
    context: { traits: { email: shopper.email } },
    properties: { n },
  }
}

async function post(url: string, writeKey: string, batch: readonly object[]): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${writeKey}:`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch }),
    })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}

/** Awaits that nothing waits any more, as the program itself says. */
async function settled(url: string, events: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/status`)
    const { connections } = (await answer.json()) as {
      connections: readonly { waiting: number; counts: Record<string, number> }[]
    }
    const [connection] = connections
    const accepted = connection?.counts['accepted'] ?? 0
    if (connection?.waiting === 0 && accepted >= events) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** mulberry32: a seed gives the same moments again, as far as a process can be timed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
