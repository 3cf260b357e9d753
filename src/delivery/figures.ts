import type { Clock, Figures, Live } from '../core/index.ts'
import { ways } from '../core/index.ts'
import { liveOf } from './live.ts'
import type { Run } from './run.ts'
import type { Runs } from './runs.ts'
import { noWaits } from './waits.ts'

/** What the connections that run here do at this moment, added up. */
export function figuresOf(
  runs: Runs,
  clock: Clock,
): Pick<Figures, 'connections' | 'states' | 'waits'> {
  const states: Record<Live['state'], number> = { waiting: 0, sending: 0, retrying: 0, held: 0 }
  const waits = noWaits()
  const waitingFor = new Set<string>()
  const idle: Run[] = []
  for (const run of runs.all()) {
    states[liveOf(run, clock).state] += 1
    if (!runs.awake.has(run)) idle.push(run)
    if (run.roadClear) continue
    for (const way of ways) {
      const ms = run.outlet.destination.waitMs(way)
      const key = `${way} ${run.account.id}`
      if (ms === 0 || waitingFor.has(key)) continue
      waitingFor.add(key)
      const { accounts, longestMs } = waits[way]
      waits[way] = { accounts: accounts + 1, longestMs: Math.max(longestMs, ms) }
    }
  }
  return {
    connections: [...runs.awake, ...idle].map(({ connection }) => connection),
    states,
    waits,
  }
}
