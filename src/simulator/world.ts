import { Account, type AccountOptions } from './account.ts'
import type { Choices } from './choices.ts'
import type { Clock } from './clock.ts'
import { Faults } from './faults.ts'
import { Limiter } from './limits.ts'
import { OAuth } from './oauth.ts'
import { RequestLog } from './request-log.ts'

export interface Pending {
  readonly due: number
  readonly run: () => void
}

/** Everything that one simulator holds. */
export class World {
  readonly clock: Clock
  readonly choices: Choices
  readonly limits: boolean
  readonly visibleAfterMs: number
  readonly accounts = new Map<string, Account>()
  readonly faults: Faults
  readonly limiter: Limiter
  readonly log = new RequestLog()
  readonly oauth: OAuth
  readonly random: () => number
  /** Told of every account that opens, and of every change. */
  onAccount: ((account: Account) => void) | undefined
  onChange: (() => void) | undefined
  /** What was accepted and is not yet to be seen, by the time at which it will be. */
  #pending: Pending[] = []
  #nextDue = Number.POSITIVE_INFINITY
  readonly #accountByKey = new Map<string, Account>()

  constructor(options: {
    readonly clock: Clock
    readonly choices: Choices
    readonly limits: boolean
    readonly visibleAfterMs: number
    readonly windowPhaseMs: number
    readonly random: () => number
  }) {
    this.clock = options.clock
    this.choices = options.choices
    this.limits = options.limits
    this.visibleAfterMs = options.visibleAfterMs
    this.random = options.random
    this.faults = new Faults(options.random)
    this.oauth = new OAuth(this)
    this.limiter = new Limiter(options.windowPhaseMs, {
      throttledCounts: options.choices.throttledCalls === 'count',
    })
  }

  addAccount(options: AccountOptions): Account {
    const account = new Account(options)
    account.events.dedupeMs = this.choices.dedupeMs
    account.consentMovesUpdated = this.choices.consentMovesUpdated
    if (this.accounts.has(account.id)) {
      throw new Error(`There is an account ${account.id} already: give this one another id.`)
    }
    if (this.#accountByKey.has(account.privateKey)) {
      throw new Error('Another account has this private key already: give this one its own.')
    }
    this.accounts.set(account.id, account)
    this.#accountByKey.set(account.privateKey, account)
    this.onAccount?.(account)
    return account
  }

  addKey(account: Account, key: string, scopes: readonly string[] | undefined): void {
    account.keys.set(key, scopes === undefined ? undefined : new Set(scopes))
    this.#accountByKey.set(key, account)
  }

  /** Makes a private key or an access token wrong. */
  revokeKey(key: string): void {
    this.oauth.revokeAccess(key)
    this.#accountByKey.get(key)?.keys.delete(key)
    this.#accountByKey.delete(key)
  }

  accountOfKey(key: string): Account | undefined {
    return this.#accountByKey.get(key)
  }

  /** Does what becomes visible later: at once when nothing is to wait. */
  later(run: () => void, afterMs = this.visibleAfterMs): void {
    if (afterMs <= 0) {
      run()
      return
    }
    const due = this.clock.now() + afterMs
    let place = this.#pending.length
    while (place > 0 && (this.#pending[place - 1]?.due ?? 0) > due) place -= 1
    this.#pending.splice(place, 0, { due, run })
    this.#nextDue = Math.min(this.#nextDue, due)
  }

  /** Brings in what has become due. Every look at the accounts begins with it. */
  settle(now = this.clock.now()): void {
    while (this.#pending.length > 0 && this.#nextDue <= now) {
      let done = 0
      while (done < this.#pending.length && (this.#pending[done]?.due ?? 0) <= now) done += 1
      const due = this.#pending.splice(0, done)
      this.#nextDue = this.#pending[0]?.due ?? Number.POSITIVE_INFINITY
      for (const { run } of due) run()
    }
  }

  get waiting(): number {
    return this.#pending.length
  }
}
