import { megabytes, perSecond, whole as inFull } from './figure.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Load } from './processes/load.ts'
import type { Receiver } from './processes/receiver.ts'
import type { Tillpost } from './processes/tillpost.ts'
import { shops } from './shops.ts'

const accounts = 100
const mostMemory = 450 * 1024 * 1024

/**
 * From HTTP to a sink, 100 accounts. Keeping up: from the first request until everything that was sent in
 * is settled. Draining: from the start of a server whose journal is full until it is empty.
 */
export const wholeSystem: Figure = {
  name: 'whole',
  run: (bench) => whole(bench, 'SQLite', { 'keeping up': 18_000, draining: 13_000 }),
}

export const wholeOnPostgres: Figure = {
  name: 'whole-postgres',
  run: (bench) => whole(bench, 'PostgreSQL', { 'keeping up': 10_000, draining: 10_000 }),
}

async function whole(
  bench: Bench,
  engine: 'SQLite' | 'PostgreSQL',
  bars: Readonly<Record<'keeping up' | 'draining', number>>,
): Promise<readonly Row[]> {
  const events = bench.full ? 1_000_000 : engine === 'PostgreSQL' ? 100_000 : 200_000
  const rows: Row[] = []
  for (const way of ['keeping up', 'draining'] as const) {
    const dataDir = bench.folder()
    const databaseUrl = engine === 'PostgreSQL' ? await bench.newDatabase() : undefined
    const waiting = way === 'draining' ? events : 0
    bench.say(way === 'draining' ? `filling a journal with ${inFull(events)} events` : way)
    const fill = startProcess<Fill>('fill')
    await fill.make({ dataDir, databaseUrl, shops: accounts, waiting })
    await fill.end()
    const receiver = startProcess<Receiver>('receiver')
    const tillpost = startProcess<Tillpost>('tillpost')
    const load = startProcess<Load>('load')
    const url = await receiver.sink()
    const start = performance.now()
    const port = await tillpost.start(dataDir, url, databaseUrl)
    let tookMs: number
    let cpuBefore = await tillpost.cpu()
    if (way === 'keeping up') {
      const keys = shops(accounts).map(({ writeKey }) => writeKey)
      const flow = { port, batch: 100, connections: 16, keys }
      await load.flood({ ...flow, events: accounts * 100, firstId: 1_000_000_000 })
      await tillpost.idle()
      cpuBefore = await tillpost.cpu()
      const began = performance.now()
      const flooded = await load.flood({ ...flow, events, firstId: 0 })
      bench.say(`  taken in at ${perSecond((flooded.events * 1000) / flooded.ms)}`)
      if (flooded.failed > 0) throw new Error(`${flooded.failed} requests were not taken.`)
      await tillpost.idle()
      tookMs = performance.now() - began
    } else {
      await tillpost.idle()
      tookMs = performance.now() - start
    }
    const cost = ((await tillpost.cpu()) - cpuBefore) * 1000
    const rss = await tillpost.peak()
    const { accepted, other, waiting: left } = await tillpost.outcomes(accounts)
    const wanted = events + (way === 'keeping up' ? accounts * 100 : 0)
    if (accepted !== wanted || left > 0) {
      throw new Error(
        `Of ${wanted} events ${accepted} were accepted, ${left} wait, ${other} ended.`,
      )
    }
    const { events: sunk, requests } = await receiver.sunk()
    bench.say(`  ${inFull(sunk)} events at Klaviyo in ${inFull(requests)} requests`)
    await Promise.all([receiver.end(), tillpost.end(), load.end()])
    const rate = (events * 1000) / tookMs
    const bar = bars[way]
    rows.push(
      {
        what: `whole system on ${engine}, ${accounts} accounts, ${way}`,
        measured: perSecond(rate),
        ratio: rate / bar,
        bar: perSecond(bar),
        met: rate >= bar,
      },
      {
        what: '  processor time of an event',
        measured: `${inFull(cost / events)} µs`,
        bar: 'none',
      },
      {
        what: '  memory meanwhile (RSS)',
        measured: megabytes(rss),
        ratio: rss / mostMemory,
        bar: '450 MB',
        met: rss <= mostMemory,
      },
    )
  }
  return rows
}
