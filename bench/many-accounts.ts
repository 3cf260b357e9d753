import { whole } from './figure.ts'
import type { Bench, Figure } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Load } from './processes/load.ts'
import type { Receiver } from './processes/receiver.ts'
import type { Tillpost } from './processes/tillpost.ts'
import { shops } from './shops.ts'

const accounts = 10_000

/** Ten thousand accounts with one event each, and what each costs while it has nothing to do. */
export const manyAccounts: Figure = {
  name: 'accounts',
  async run(bench) {
    const one = await settled(bench, 1)
    const many = await settled(bench, accounts)
    const heap = (many.heap - one.heap) / (accounts - 1)
    const rss = (many.rss - one.rss) / (accounts - 1)
    return [
      {
        what: `${whole(accounts)} accounts, one event each`,
        measured: `${whole(many.accepted)} delivered in ${(many.tookMs / 1000).toFixed(1)} s`,
        ratio: many.accepted / accounts,
        bar: 'all delivered',
        met: many.accepted === accounts,
      },
      {
        what: '  an idle account (heap; RSS)',
        measured: `${whole(heap)} bytes; ${whole(rss)} bytes`,
        ratio: heap / (10 * 1024),
        bar: '10 KB',
        met: heap <= 10 * 1024,
      },
      {
        what: '  start with them; processor time while idle',
        measured: `${(many.startMs / 1000).toFixed(1)} s; ${many.idleShare.toFixed(1)} %`,
        bar: 'none',
      },
    ]
  },
}

async function settled(bench: Bench, count: number) {
  const dataDir = bench.folder()
  bench.say(`${whole(count)} accounts`)
  const fill = startProcess<Fill>('fill')
  await fill.make({ dataDir, shops: count })
  await fill.end()
  const receiver = startProcess<Receiver>('receiver')
  const tillpost = startProcess<Tillpost>('tillpost', ['--expose-gc'])
  const load = startProcess<Load>('load')
  const url = await receiver.sink()
  let start = performance.now()
  const port = await tillpost.start(dataDir, url)
  const startMs = performance.now() - start
  start = performance.now()
  const keys = shops(count).map(({ writeKey }) => writeKey)
  const { failed } = await load.each({ port, keys, firstId: 0 })
  if (failed > 0) throw new Error(`${failed} requests were not taken.`)
  await tillpost.idle()
  const tookMs = performance.now() - start
  const { accepted } = await tillpost.outcomes(count)
  // Klaviyo's windows remember for a minute; what an account costs when it is idle shows after that.
  if (count > 1) {
    bench.say(
      `  started in ${(startMs / 1000).toFixed(1)} s, all delivered ${(tookMs / 1000).toFixed(1)} s later`,
    )
    bench.say('  waiting until no account has anything in its windows, and all are parked')
    await new Promise((resolve) => setTimeout(resolve, 95_000))
  }
  const cpuBefore = await tillpost.cpu()
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const idleShare = ((await tillpost.cpu()) - cpuBefore) / 100
  const { rss, heap } = await tillpost.memory()
  await Promise.all([receiver.end(), tillpost.end(), load.end()])
  return { startMs, tookMs, accepted, rss, heap, idleShare }
}
