import type { Way } from '../../src/core/index.ts'
import type { Chance } from './chance.ts'
import type { Fate } from './klaviyo.ts'

/**
 * What goes wrong in a run, and how often. Each run has its own mixture: some kinds of fault not at all,
 * others a lot, since what is everywhere hides what is rare.
 */
export interface Faults {
  readonly leaseMs: number
  readonly timeoutMs: number
  /** No other node can be there. */
  readonly alone: boolean
  readonly nodes: number
  readonly memoryBytes: number
  /** Klaviyo's and its client's ways. */
  readonly maxActions: number
  readonly reallyTakes: number
  readonly headroom: number
  readonly paceMs: number
  readonly repeats: 'within-request' | 'history'
  readonly points: 'none' | 'first' | 'all'
  readonly poisonRate: number
  /** How much of what comes is history. */
  readonly historyRate: number
  /** The credentials may not write profiles by themselves (C15). */
  readonly withoutProfiles: boolean
  readonly patience: 'wait' | 'cycle'
  /** What operators do. */
  readonly changes: boolean
  readonly switching: boolean
  readonly disconnecting: boolean
  readonly revoking: boolean
  readonly forbidding: boolean
  readonly replays: boolean
  /** What befalls nodes. */
  readonly kills: number
  readonly stops: number
  readonly pauses: number
  readonly clockJumps: boolean
  networkMs(timeoutMs: number): number
  journalMs(): number
  /** What becomes of a call to the journal: carried out, refused, or carried out without an answer. */
  journalFate(): 'good' | 'refused' | 'lost'
  fateOf(way: Way): Fate
  /** From now on nothing goes wrong. */
  end(): void
  /** Klaviyo fails for a while; the journal is away for a while. */
  storm: Fate | undefined
  away: boolean
}

const fates: readonly Fate[] = [
  'lost-before',
  'lost-after',
  'unreachable',
  'unavailable',
  'failed-after',
  'throttled',
]

export function faultsOf(chance: Chance): Faults {
  const often = (most: number) => (chance.happens(0.5) ? 0 : chance.random() * most)
  const kinds = fates.map((fate) => ({ fate, rate: often(0.25) }))
  const slow = chance.happens(0.5) ? chance.random() * 0.2 : 0
  const late = chance.happens(0.3)
  const journalSlow = chance.pick([2, 10, 200, 3000])
  const journalRefuses = chance.happens(0.4) ? chance.random() * 0.1 : 0
  const journalLoses = chance.happens(0.4) ? chance.random() * 0.1 : 0
  const alone = chance.happens(0.3)
  const timeoutMs = chance.pick([1000, 4000, 10_000])
  const maxActions = chance.pick([3, 6, 12, 30])
  const faults: Faults = {
    timeoutMs,
    leaseMs: timeoutMs * chance.pick([2, 3, 5]),
    alone,
    nodes: alone ? 1 : chance.whole(2, 3),
    memoryBytes: chance.pick([3000, 64 * 1024 * 1024]),
    maxActions,
    reallyTakes: chance.happens(0.2) ? Math.ceil(maxActions / 2) : maxActions,
    headroom: chance.pick([20, 300, 3000]),
    paceMs: chance.pick([0, 0, 400]),
    repeats: chance.pick(['within-request', 'history']),
    points: chance.pick(['none', 'first', 'all']),
    poisonRate: chance.happens(0.5) ? 0 : chance.random() * 0.1,
    historyRate: chance.pick([0, 0.05, 0.4]),
    withoutProfiles: chance.happens(0.15),
    patience: chance.happens(0.75) ? 'wait' : 'cycle',
    changes: chance.happens(0.4),
    switching: chance.happens(0.2),
    disconnecting: chance.happens(0.15),
    revoking: chance.happens(0.2),
    forbidding: chance.happens(0.1),
    replays: chance.happens(0.3),
    kills: often(0.4),
    stops: often(0.3),
    pauses: often(0.4),
    clockJumps: chance.happens(0.15),
    storm: undefined,
    away: false,
    networkMs(limitMs) {
      if (slow > 0 && chance.happens(slow)) return chance.random() * limitMs * (late ? 2 : 1)
      return chance.span(1, 300)
    },
    journalMs: () => chance.span(0.1, journalSlow),
    journalFate() {
      if (faults.away) return chance.happens(0.5) ? 'refused' : 'lost'
      if (journalRefuses > 0 && chance.happens(journalRefuses)) return 'refused'
      return journalLoses > 0 && chance.happens(journalLoses) ? 'lost' : 'good'
    },
    fateOf() {
      if (faults.storm !== undefined) return faults.storm
      for (const { fate, rate } of kinds) if (rate > 0 && chance.happens(rate)) return fate
      return 'good'
    },
    end() {
      faults.storm = undefined
      faults.away = false
      faults.fateOf = () => 'good'
      faults.journalFate = () => 'good'
      faults.networkMs = () => chance.span(1, 300)
      faults.journalMs = () => chance.span(0.1, 10)
    },
  }
  return faults
}

/** What Klaviyo does while it fails for a while. */
export function stormOf(chance: Chance): Fate {
  return chance.pick(fates)
}
