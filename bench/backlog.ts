import { megabytes, whole } from './figure.ts'
import type { Figure } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Receiver } from './processes/receiver.ts'
import type { Tillpost } from './processes/tillpost.ts'

const accounts = 4
const drainMs = 30_000
/** Of one account; see `account-limits.ts`. */
const mostPerMinute = 147_000

/** Many events waiting, and accounts that take them as fast as Klaviyo's limits let them. */
export const backlog: Figure = {
  name: 'backlog',
  async run(bench) {
    const waiting = bench.full ? 5_000_000 : 500_000
    const measured: { rss: number; perMinute: number }[] = []
    // No more than the time needs is as good as nothing waiting.
    for (const count of [accounts * 120_000, waiting]) {
      const dataDir = bench.folder()
      bench.say(`filling a journal with ${whole(count)} events`)
      const fill = startProcess<Fill>('fill')
      await fill.make({ dataDir, shops: accounts, waiting: count, tracks: true })
      await fill.end()
      const receiver = startProcess<Receiver>('receiver')
      const tillpost = startProcess<Tillpost>('tillpost')
      await tillpost.start(dataDir, await receiver.sink())
      bench.say(`  ${accounts} accounts draining`)
      await new Promise((resolve) => setTimeout(resolve, 3000))
      const before = await receiver.sunk()
      const start = performance.now()
      await new Promise((resolve) => setTimeout(resolve, drainMs))
      const after = await receiver.sunk()
      const perMinute = ((after.events - before.events) * 60_000) / (performance.now() - start)
      measured.push({ rss: await tillpost.peak(), perMinute })
      await Promise.all([receiver.end(), tillpost.end()])
    }
    const rss = measured.at(-1)?.rss ?? 0
    const perMinute = measured.at(-1)?.perMinute ?? 0
    const ratio = perMinute / (measured[0]?.perMinute ?? Number.NaN)
    return [
      {
        what: `memory with ${whole(waiting)} waiting, ${accounts} accounts draining at their limits`,
        measured: megabytes(rss),
        bar: '250 MB',
        met: rss <= 250 * 1024 * 1024,
      },
      {
        what: '  the draining',
        measured: `${whole(perMinute)}/min`,
        floor: `${whole(mostPerMinute * accounts)}/min allowed`,
        ratio,
        bar: 'no slower than with little waiting',
        met: ratio >= 0.98,
      },
    ]
  },
}
