import { millis, whole } from './figure.ts'
import type { Bench, Figure } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Load } from './processes/load.ts'
import type { Receiver } from './processes/receiver.ts'
import type { Tillpost } from './processes/tillpost.ts'
import { median, percentile } from './rate.ts'
import { shop, shops } from './shops.ts'

const accounts = 20
const perSecond = 50

/** From the 200 that an event was answered with until its request was at the receiver. */
export const latency: Figure = {
  name: 'latency',
  async run(bench) {
    const parts = await startParts(bench, accounts, 0)
    await parts.times(3000)
    bench.say(`${accounts} accounts, ${perSecond} single calls a second in all`)
    const { times } = await parts.times(bench.full ? 60_000 : 15_000)
    await parts.end()
    const p50 = median(times)
    const p99 = percentile(times, 0.99)
    return [
      {
        what: `accepted to on the wire, ${accounts} accounts with ${perSecond / accounts}/s each`,
        measured: `p50 ${millis(p50)}, p99 ${millis(p99)}`,
        ratio: Math.max(p50 / 15, p99 / 100),
        bar: 'p50 15 ms, p99 100 ms',
        met: p50 <= 15 && p99 <= 100,
      },
    ]
  },
}

/**
 * One account more, with a backlog and a Klaviyo that answers it 503. In turns it is paused, which is as if
 * it were not there, and let go.
 */
export const oneDown: Figure = {
  name: 'down',
  async run(bench) {
    const waiting = 1_000_000
    bench.say(`filling one account with ${whole(waiting)} events`)
    const parts = await startParts(bench, accounts + 1, waiting)
    const { tillpost, receiver } = parts
    await receiver.refuse(shop(accounts).privateKey)
    await tillpost.setState(accounts, 'paused')
    await parts.times(3000)
    const quiet: number[] = []
    const down: number[] = []
    const rounds = 6
    const roundMs = bench.full ? 8000 : 4000
    let refusals = 0
    for (let round = 0; round < rounds; round += 1) {
      const one = await parts.times(roundMs)
      quiet.push(...one.times)
      await tillpost.setState(accounts, 'connected')
      const other = await parts.times(roundMs)
      down.push(...other.times)
      refusals += other.refusals
      await tillpost.setState(accounts, 'paused')
      const [alone, beside] = [one, other].map(({ times }) => percentile(times, 0.99))
      bench.say(`  p99 ${millis(alone ?? 0)}; with it down ${millis(beside ?? 0)}`)
    }
    const { waiting: left } = await tillpost.outcomes(1, accounts)
    await parts.end()
    if (left !== waiting) throw new Error(`Of ${waiting} events of the account, ${left} wait.`)
    const [alone, beside] = [percentile(quiet, 0.99), percentile(down, 0.99)]
    const ratio = beside / alone
    return [
      {
        what: `one account down with ${whole(waiting)} waiting (${refusals} requests refused): the others`,
        measured: `p99 ${millis(beside)}`,
        floor: `p99 ${millis(alone)} without`,
        ratio,
        bar: '1.2 ×',
        met: ratio <= 1.2,
      },
    ]
  },
}

async function startParts(bench: Bench, count: number, waiting: number) {
  const dataDir = bench.folder()
  const fill = startProcess<Fill>('fill')
  await fill.make({ dataDir, shops: count, waiting, who: 'last' })
  await fill.end()
  const receiver = startProcess<Receiver>('receiver')
  const tillpost = startProcess<Tillpost>('tillpost')
  const load = startProcess<Load>('load')
  const url = await receiver.stamp()
  if (waiting > 0) await receiver.refuse(shop(count - 1).privateKey)
  const port = await tillpost.start(dataDir, url)
  const keys = shops(accounts).map(({ writeKey }) => writeKey)
  let firstId = 0
  return {
    tillpost,
    receiver,
    /** Of every event that was sent in for so long. */
    async times(ms: number) {
      firstId += 1_000_000
      const answered = await load.trickle({ port, keys, perSecond, ms, firstId })
      const received = new Map<number, number>()
      let refusals = 0
      for (let tries = 0; tries < 100 && received.size < answered.size; tries += 1) {
        const told = await receiver.stamps()
        refusals += told.refusals
        for (const [id, at] of told.times) if (answered.has(id)) received.set(id, at)
        if (received.size < answered.size) await new Promise((resolve) => setTimeout(resolve, 50))
      }
      if (received.size < answered.size) {
        throw new Error(`${answered.size - received.size} events did not arrive.`)
      }
      const times = [...answered].map(([id, at]) => Math.max(0, (received.get(id) ?? 0) - at))
      return { times, refusals }
    },
    async end() {
      await Promise.all([receiver.end(), tillpost.end(), load.end()])
    },
  }
}
