import { whole } from './figure.ts'
import type { Figure, Row } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Klaviyo } from './processes/klaviyo.ts'
import type { Tillpost } from './processes/tillpost.ts'
import { shop } from './shops.ts'

const minuteMs = 60_000
/** What 150 bulk requests a minute, evenly paced, can carry. */
const most = 147_000

/**
 * One account with more waiting than it can take, against the simulator's fixed windows. The phase is where
 * the windows begin: the sender cannot know it.
 */
export const accountLimits: Figure = {
  name: 'limits',
  async run(bench) {
    const phases = bench.full ? [0, 13_137, 31_900, 59_050] : [31_900]
    const rows: Row[] = []
    for (const phase of phases) {
      const dataDir = bench.folder()
      const fill = startProcess<Fill>('fill')
      await fill.make({ dataDir, shops: 1, waiting: 190_000, tracks: true })
      await fill.end()
      const klaviyo = startProcess<Klaviyo>('klaviyo')
      const tillpost = startProcess<Tillpost>('tillpost')
      const { accountId, privateKey } = shop(0)
      const url = await klaviyo.start(phase, [{ id: accountId, privateKey }])
      await tillpost.start(dataDir, url)
      bench.say(`one account for a minute and five seconds, windows moved by ${phase} ms`)
      // The first seconds are a burst that no window forbids: the pace is what comes after.
      await pause(5000)
      const before = await klaviyo.seen(accountId)
      const start = performance.now()
      await pause(minuteMs)
      const after = await klaviyo.seen(accountId)
      const perMinute = ((after.events - before.events) * minuteMs) / (performance.now() - start)
      await Promise.all([klaviyo.end(), tillpost.end()])
      rows.push({
        what: `one account at Klaviyo's limits, phase ${phase / 1000} s`,
        measured: `${whole(perMinute)}/min, ${after.throttled} × 429`,
        floor: `${whole(most)}/min`,
        ratio: perMinute / most,
        bar: '98 %, no 429',
        met: perMinute >= 0.98 * most && after.throttled === 0,
      })
    }
    return rows
  },
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
