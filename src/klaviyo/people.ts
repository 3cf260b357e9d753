import { Budget, type Clock, type Way, ways } from '../core/index.ts'
import { type OperationId, operations } from './generated/tables.ts'
import { type AuthClass, type Governors, operationOfWay } from './governor.ts'

/** Leave to ask an account something that a person waits for. */
export interface Permits {
  /**
   * Resolves when the call may go, with what to call once it is answered; or with the milliseconds that it would
   * have to wait, where that is longer than a person should.
   */
  enter(method: string, path: string): Promise<(() => void) | number>
  /** Klaviyo asked for a pause (429). */
  close(method: string, path: string, ms: number): void
}

/**
 * What people ask of Klaviyo's accounts: segments, metrics, an event read back. They have a share of each endpoint's
 * windows, so that no page, however often it is loaded, uses up what the shop's other tools need of the same
 * account. Endpoints that events go by have one budget, the governor's: people wait there like everybody.
 */
export interface People {
  of(accountId: string, authClass: AuthClass): Permits
}

const share = 0.5
/** A window of a second is waited for, a window of a minute is not. */
const longestWaitMs = 5_000

interface Place {
  waitMs(): number
  take(): void
  answered(): void
  close(ms: number): void
}

export function createPeople(clock: Clock, governors: Governors): People {
  const accounts = new Map<string, Map<OperationId, Budget>>()

  function budgetsOf(account: string): Map<OperationId, Budget> {
    // Quiet accounts cost nothing.
    for (const [name, budgets] of accounts) {
      if ([...budgets.values()].every((one) => one.isIdle(clock.monotonic()))) accounts.delete(name)
    }
    const budgets = accounts.get(account) ?? new Map<OperationId, Budget>()
    accounts.set(account, budgets)
    return budgets
  }

  function placeOf(
    accountId: string,
    authClass: AuthClass,
    method: string,
    path: string,
  ): Place | undefined {
    const id = operationAt(method, path)
    if (id === undefined) return undefined
    const way = wayOf.get(id)
    if (way !== undefined) {
      const governor = governors.of(accountId, authClass)
      return {
        waitMs: () => governor.waitMs(way),
        take: () => governor.take(way),
        answered: () => governor.answered(way),
        close: (ms) => governor.close(way, ms),
      }
    }
    const budgets = budgetsOf(`${authClass}:${accountId}`)
    let budget = budgets.get(id)
    if (budget === undefined) {
      budget = new Budget({ windows: windowsOf(id, path), even: false })
      budgets.set(id, budget)
    }
    const own = budget
    return {
      waitMs: () => own.waitMs(clock.monotonic()),
      take: () => own.take(clock.monotonic()),
      answered: () => own.answered(clock.monotonic()),
      close: (ms) => own.close(clock.monotonic(), ms),
    }
  }

  return {
    of: (accountId, authClass) => ({
      async enter(method, path) {
        const until = clock.monotonic() + longestWaitMs
        for (;;) {
          const place = placeOf(accountId, authClass, method, path)
          if (place === undefined) return () => {}
          const waitMs = place.waitMs()
          if (waitMs === 0) {
            place.take()
            return () => place.answered()
          }
          if (clock.monotonic() + waitMs > until) return waitMs
          await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
        }
      },
      close(method, path, ms) {
        placeOf(accountId, authClass, method, path)?.close(ms)
      },
    }),
  }
}

/** Where events and profiles go: the endpoints that the governor looks after. */
const wayOf = new Map<OperationId, Way>(ways.map((way) => [operationOfWay[way], way]))

const second = 1_000
const minute = 60_000
const day = 86_400_000

function windowsOf(id: OperationId, path: string) {
  const { burst, steady, daily } = operations[id]
  // Counting a segment's people lowers its endpoint to one a second and 15 a minute.
  const isCount = path.includes('profile_count')
  return [
    { limit: part(isCount ? 1 : burst), ms: second },
    { limit: part(isCount ? 15 : steady), ms: minute },
    ...(daily === undefined ? [] : [{ limit: part(daily), ms: day }]),
  ]
}

function part(limit: number): number {
  return Math.max(1, Math.floor(limit * share))
}

const patterns = (Object.keys(operations) as OperationId[]).map((id) => {
  const { method, path } = operations[id]
  return { id, method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/gu, '[^/]+')}/?$`, 'u') }
})

function operationAt(method: string, path: string): OperationId | undefined {
  const [plain = ''] = path.split('?')
  return patterns.find((one) => one.method === method && one.pattern.test(plain))?.id
}
