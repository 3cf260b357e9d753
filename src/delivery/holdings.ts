import type { NodeRow } from '../core/index.ts'
import { Account } from './account.ts'
import type { Herald } from './herald.ts'
import type { DeliveryOptions } from './options.ts'
import type { Rest } from './rest.ts'
import type { Roster } from './roster.ts'
import type { Runs } from './runs.ts'
import { shareOf } from './share.ts'
import type { Tenure } from './tenure.ts'

/** So many accounts share a commit when they are given back. */
const givenTogether = 500

interface Parts {
  readonly options: Pick<DeliveryOptions, 'journal' | 'clock' | 'log' | 'forget'>
  readonly roster: Roster
  readonly runs: Runs
  readonly rest: Rest
  readonly herald: Herald
  /** The node's standing at this moment. */
  readonly tenure: () => Tenure
}

/** The accounts that this node has: it takes its share of all, and gives back what is beyond it. */
export class Holdings {
  readonly #parts: Parts
  readonly #accounts = new Map<string, Account>()
  /** Perhaps this node's in the journal, and not run here: their claim had no answer, or they were lost. */
  readonly #strays = new Set<string>()
  #giving: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get accounts(): ReadonlyMap<string, Account> {
    return this.#accounts
  }

  /** Takes what is missing to this node's share, or gives back what is beyond it; alone it takes all. */
  async share(
    among: { readonly nodes: readonly NodeRow[]; readonly leaseMs: number } | 'alone',
  ): Promise<void> {
    await this.#giveUpStrays()
    const { accounts } = this.#parts.roster
    const all = [...this.#accounts.values()]
    const held = all.filter(({ stopped }) => !stopped)
    const { id } = this.#parts.tenure()
    const share =
      among === 'alone' ? accounts : shareOf(among.nodes, id, { accounts, leaseMs: among.leaseMs })
    // Those without anything to do first: they move at once.
    const surplus =
      held.length <= share
        ? []
        : held
            .toSorted((one, other) => Number(this.#isBusy(one)) - Number(this.#isBusy(other)))
            .slice(0, held.length - share)
    // What could not be given back before is tried again.
    if (surplus.length > 0 || all.length > held.length)
      this.#hand([...surplus, ...all.filter(({ stopped }) => stopped)])
    if (share > held.length) await this.#claim(share - held.length)
  }

  async #claim(most: number): Promise<void> {
    const { options, roster, runs, tenure } = this.#parts
    const { journal, clock } = options
    const wanted = roster.accountIds.filter((accountId) => !this.#accounts.has(accountId))
    if (wanted.length === 0) return
    const { id } = tenure()
    const leases = await journal.claim(wanted, { id, most }).catch((error: unknown) => {
      for (const accountId of wanted) this.#strays.add(accountId)
      throw error
    })
    for (const lease of leases) {
      const { accountId, fence } = lease
      this.#accounts.set(accountId, new Account(accountId, fence, tenure(), clock))
      runs.expect(accountId)
      for (const { destinationId } of roster.connectionsOf(accountId))
        runs.outlets.open(destinationId, lease)
    }
  }

  /** As long as the journal has them as this node's, nobody else takes them. */
  async #giveUpStrays(): Promise<void> {
    const { options, tenure } = this.#parts
    const strays = [...this.#strays].filter((accountId) => !this.#accounts.has(accountId))
    if (strays.length > 0) {
      const given = strays.map((accountId) => ({ accountId }))
      await options.journal.release(given, tenure().id)
    }
    this.#strays.clear()
  }

  /** One after the other moves as soon as it is quiet. */
  #hand(accounts: readonly Account[]): void {
    if (this.#giving !== undefined) return
    this.#giving = this.#giveBack(accounts)
      .catch((error: unknown) => {
        const { log } = this.#parts.options
        log.warn({ error: String(error) }, 'Accounts could not be given back yet')
      })
      .finally(() => (this.#giving = undefined))
  }

  /** Gives all of it back; rejects with what could not be. */
  async giveAllBack(): Promise<void> {
    const held = [...this.#accounts.values()].filter(({ stopped }) => !stopped)
    const giving = this.#giving
    await this.#giveBack(held).finally(() => giving)
  }

  /** Nothing more of them is sent; each is free once what was under way is settled. */
  async #giveBack(accounts: readonly Account[]): Promise<void> {
    const { runs, rest, herald } = this.#parts
    for (const account of accounts) account.stop()
    for (const run of runs.all()) if (run.account.stopped) run.stop()
    let left = [...accounts]
    const failures: unknown[] = []
    while (left.length > 0) {
      await rest.until(() => left.some((account) => account.lost || this.#isQuiet(account)))
      const quiet = left.filter((account) => !account.lost && this.#isQuiet(account))
      const gone = new Set(quiet)
      left = left.filter((account) => !account.lost && !gone.has(account))
      for (let from = 0; from < quiet.length; from += givenTogether) {
        await this.#release(quiet.slice(from, from + givenTogether)).catch((error: unknown) => {
          failures.push(error)
        })
      }
      await herald.wake()
    }
    if (failures.length > 0) throw failures[0]
  }

  async #release(accounts: readonly Account[]): Promise<void> {
    const { options, runs, tenure } = this.#parts
    const { journal, forget } = options
    const given = accounts.map(({ id }) => ({ accountId: id, ...runs.outlets.budgetOf(id) }))
    await journal.release(given, tenure().id)
    for (const account of accounts) {
      this.#drop(account)
      forget?.(account.id)
    }
  }

  #isBusy({ id }: Account): boolean {
    return this.#parts.runs.of(id).some(({ resting }) => !resting)
  }

  #isQuiet({ id }: Account): boolean {
    return this.#parts.runs.of(id).every(({ quiet }) => quiet)
  }

  loseAll(): void {
    for (const account of this.#accounts.values()) this.lose(account)
  }

  /** Several of its loops may notice it, some of them when the account has been taken again. */
  lose(account: Account): void {
    if (account.lost) return
    const { options, rest } = this.#parts
    options.log.warn({ account: account.id }, 'Another node runs this account now')
    account.lose()
    this.#drop(account)
    this.#strays.add(account.id)
    rest.came()
  }

  #drop(account: Account): void {
    if (this.#accounts.get(account.id) === account) this.#accounts.delete(account.id)
    this.#parts.runs.drop(account)
  }
}
