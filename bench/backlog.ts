import { megabytes, whole } from './figure.ts'
import type { Figure } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Receiver } from './processes/receiver.ts'
import type { Tillpost } from './processes/tillpost.ts'

const accounts = 4
const mostMemory = 250 * 1024 * 1024
const drainMs = 20_000
/** Of one account; see `account-limits.ts`. */
const mostPerMinute = 147_000

/** Many events waiting, and accounts that take them as fast as Klaviyo's limits let them. */
export const backlog: Figure = {
  name: 'backlog',
  async run(bench) {
    const waiting = bench.full ? 5_000_000 : 500_000
    const dataDir = bench.folder()
    bench.say(`filling a journal with ${whole(waiting)} events`)
    const fill = startProcess<Fill>('fill')
    await fill.make({ dataDir, shops: accounts, waiting, tracks: true })
    await fill.end()
    const receiver = startProcess<Receiver>('receiver')
    const tillpost = startProcess<Tillpost>('tillpost')
    await tillpost.start(dataDir, await receiver.sink())
    bench.say(`  ${accounts} accounts draining`)
    await new Promise((resolve) => setTimeout(resolve, 5000))
    const before = await receiver.sunk()
    const start = performance.now()
    await new Promise((resolve) => setTimeout(resolve, drainMs))
    const after = await receiver.sunk()
    const perMinute = ((after.events - before.events) * 60_000) / (performance.now() - start)
    const rss = await tillpost.peak()
    await Promise.all([receiver.end(), tillpost.end()])
    const ratio = perMinute / (mostPerMinute * accounts)
    return [
      {
        what: `memory with ${whole(waiting)} waiting, ${accounts} accounts draining at their limits`,
        measured: megabytes(rss),
        ratio: rss / mostMemory,
        bar: '250 MB',
        met: rss <= mostMemory,
      },
      {
        what: '  the draining',
        measured: `${whole(perMinute)}/min`,
        floor: `${whole(mostPerMinute * accounts)}/min allowed`,
        ratio,
        bar: '98 %, as with nothing else waiting',
        met: ratio >= 0.98,
      },
    ]
  },
}
