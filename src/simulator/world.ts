import { Account, type AccountOptions } from './account.ts'
import type { Clock } from './clock.ts'
import { Faults } from './faults.ts'
import { Limiter } from './limits.ts'
import { OAuth } from './oauth.ts'
import { RequestLog } from './request-log.ts'

/** Points that no source settles. Each has a default that is hard to please, and its opposite. */
export interface Choices {
  /** A unique id that comes twice for one profile and metric fails a bulk request … */
  readonly repeats: 'within-request' | 'history'
  /** … of a body over 5 MB. */
  readonly tooLarge: 400 | 413
  readonly missingRevision: 'refuse' | 'oldest'
  readonly unknownMembers: 'refuse' | 'ignore'
  readonly gzip: boolean
  /** Whether `$value` and `$event_id` inside properties become value and unique id. */
  readonly liftsSpecialKeys: boolean
  /** How long a bulk job says `processing` after its elements took effect. */
  readonly jobLagMs: number
  /** How long a new segment is without members. */
  readonly segmentLagMs: number
  /** How long after an event its webhook goes out; events of that while go together. */
  readonly webhookDelayMs: number
  /** How wrong the clock is that dates webhooks; recorded as five hours. */
  readonly webhookClockSkewMs: number
  /** Whether refreshing an OAuth token gives a new refresh token. */
  readonly refreshTokens: 'same' | 'rotated'
}

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
    this.limiter = new Limiter(options.windowPhaseMs)
  }

  addAccount(options: AccountOptions): Account {
    const account = new Account(options)
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

  revokeKey(key: string): void {
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
