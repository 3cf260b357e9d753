import { Budget, type BudgetRule, type Clock, type Held, type Way, ways } from '../core/index.ts'
import { type OperationId, operations } from './generated/tables.ts'
import { memberOf, parseJson } from './json.ts'
import { Lines } from './lines.ts'

/** Klaviyo counts all private keys of an account together, and each OAuth install by itself. */
export type AuthClass = 'key' | 'app'

/** Keeps the requests of one account and auth class within Klaviyo's windows, way by way. */
export interface Governor {
  waitMs(way: Way): number
  headroom(way: Way): number
  /** A request leaves. Whatever becomes of it, `answered` has to follow. */
  take(way: Way): void
  answered(way: Way): void
  /** Klaviyo asked for a pause (429). */
  close(way: Way, ms: number): void
}

/** The governors of all accounts of this process: whoever shares an account shares its governor. */
export interface Governors {
  of(accountId: string, authClass: AuthClass): Governor
  /** What all windows of the account hold, as JSON. */
  snapshot(accountId: string): string
  /**
   * Takes over another owner's snapshot, `ageMs` old. Undefined or damaged: one minute counts as used. What an
   * owner that died sent after it counts as one second's worth of each way.
   */
  resume(
    accountId: string,
    authClass: AuthClass,
    snapshot: string | undefined,
    since: { readonly ageMs: number; readonly orphaned?: boolean },
  ): void
  /** Another owner has it from now on: what it was here is not added to what comes back. */
  forget(accountId: string): void
}

export const operationOfWay: Readonly<Record<Way, OperationId>> = {
  event: 'create_event',
  events: 'bulk_create_events',
  profile: 'create_or_update_profile',
  profiles: 'bulk_import_profiles',
  subscribe: 'bulk_subscribe_profiles',
  unsubscribe: 'bulk_unsubscribe_profiles',
}

const authClasses: readonly AuthClass[] = ['key', 'app']

const ruleOfWay = new Map<Way, BudgetRule>(
  ways.map((way) => {
    const { burst, steady, daily } = operations[operationOfWay[way]]
    const windows = [
      { limit: burst, ms: 1_000 },
      { limit: steady, ms: 60_000 },
      ...(daily === undefined ? [] : [{ limit: daily, ms: 86_400_000 }]),
    ]
    return [way, { windows, even: way === 'events' || way === 'profiles' }]
  }),
)

interface Account {
  readonly budgets: Record<AuthClass, Map<Way, Budget>>
  /** The snapshot last taken over: several destinations of an account hand in the same one. */
  resumed?: string
}

export function createGovernors(clock: Clock, lines = new Lines()): Governors {
  const accounts = new Map<string, Account>()

  function accountOf(accountId: string): Account {
    let account = accounts.get(accountId)
    if (!account) {
      account = { budgets: { key: new Map(), app: new Map() } }
      accounts.set(accountId, account)
    }
    return account
  }

  return {
    of: (accountId, authClass) =>
      governorOf(clock, accountOf(accountId).budgets[authClass], lines, accountId),

    snapshot(accountId) {
      const now = clock.monotonic()
      const { budgets } = accountOf(accountId)
      const held = authClasses.map((authClass): [AuthClass, Record<string, Held>] => {
        const busy = [...budgets[authClass]].filter(([, budget]) => !budget.isIdle(now))
        return [authClass, Object.fromEntries(busy.map(([way, budget]) => [way, budget.held(now)]))]
      })
      return JSON.stringify(Object.fromEntries(held))
    },

    resume(accountId, authClass, snapshot, { ageMs, orphaned = false }) {
      const account = accountOf(accountId)
      const now = clock.monotonic()
      const content = snapshot === undefined ? undefined : parseJson(snapshot)
      if (snapshot === undefined || memberOf(content, 'key') === undefined) {
        for (const way of ways) budgetOf(account.budgets[authClass], way).assumeUsed(now)
        return
      }
      if (account.resumed === snapshot) return
      account.resumed = snapshot
      for (const of of authClasses) {
        for (const way of ways) {
          const held = heldOf(memberOf(content, of, way))
          if (held) budgetOf(account.budgets[of], way).resume(held, now, ageMs)
        }
      }
      if (!orphaned) return
      for (const way of ways) budgetOf(account.budgets[authClass], way).assumeBurst(now)
    },

    forget(accountId) {
      accounts.delete(accountId)
    },
  }
}

function governorOf(
  clock: Clock,
  budgets: Map<Way, Budget>,
  lines: Lines,
  accountId: string,
): Governor {
  return {
    waitMs: (way) =>
      Math.max(budgets.get(way)?.waitMs(clock.monotonic()) ?? 0, lines.waitMs(accountId)),
    headroom(way) {
      return budgetOf(budgets, way).headroom(clock.monotonic())
    },
    take(way) {
      const now = clock.monotonic()
      budgetOf(budgets, way).take(now)
      lines.take(accountId)
      // A way that has been quiet for a minute is forgotten, so that a quiet account costs nothing.
      for (const [other, budget] of budgets) {
        if (other !== way && budget.isIdle(now)) budgets.delete(other)
      }
    },
    answered(way) {
      budgets.get(way)?.answered(clock.monotonic())
      lines.give(accountId)
    },
    close(way, ms) {
      budgetOf(budgets, way).close(clock.monotonic(), ms)
    },
  }
}

/** Ways that are not used cost nothing: their budgets are made when they are first asked for. */
function budgetOf(budgets: Map<Way, Budget>, way: Way): Budget {
  let budget = budgets.get(way)
  if (!budget) {
    budget = new Budget(ruleOfWay.get(way)!)
    budgets.set(way, budget)
  }
  return budget
}

function heldOf(value: unknown): Held | undefined {
  const takes = memberOf(value, 'takes')
  const closedMs = memberOf(value, 'closedMs')
  if (!Array.isArray(takes) || !isCount(closedMs)) return undefined
  const read = takes.map((ages) => (Array.isArray(ages) ? ages.filter(isCount) : []))
  return { takes: read, closedMs }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
