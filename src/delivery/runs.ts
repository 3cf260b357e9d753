import type { Connection, CursorKey, DestinationRow, Lane } from '../core/index.ts'
import { lanes } from '../core/index.ts'
import type { Account } from './account.ts'
import { Confirm } from './confirm.ts'
import type { DeliveryOptions } from './options.ts'
import { Outlets } from './outlets.ts'
import { Readers } from './readers.ts'
import { rigOf } from './rigging.ts'
import type { Shared } from './rigging.ts'
import type { Roster } from './roster.ts'
import { Run } from './run.ts'

/** So many connections share a commit when they are adopted. */
const adoptedTogether = 500

/** The connections of the accounts that are run here. */
export class Runs {
  readonly #options: DeliveryOptions
  readonly #roster: Roster
  readonly #shared: Omit<Shared, 'outlets'>
  readonly outlets: Outlets
  readonly readers = new Readers()
  /** Those that have loops. */
  readonly awake = new Set<Run>()
  readonly #runs = new Map<string, Run>()
  /** Accounts with connections that may not run yet. */
  readonly #toAdopt = new Set<string>()

  constructor(options: DeliveryOptions, roster: Roster, shared: Omit<Shared, 'outlets'>) {
    this.#options = options
    this.#roster = roster
    this.#shared = shared
    this.outlets = new Outlets(options, roster, (destination) => this.#to(destination))
  }

  get(connectionId: string): Run | undefined {
    return this.#runs.get(connectionId)
  }

  all(): Iterable<Run> {
    return this.#runs.values()
  }

  of(accountId: string): readonly Run[] {
    return this.#roster.connectionsOf(accountId).flatMap(({ id }) => this.#runs.get(id) ?? [])
  }

  #to({ id, accountId }: DestinationRow): readonly Run[] {
    return this.of(accountId).filter(({ connection }) => connection.destinationId === id)
  }

  /** What is configured now. */
  change(connection: Connection): void {
    const run = this.#runs.get(connection.id)
    if (run === undefined) {
      this.expect(this.#roster.accountOf(connection) ?? '')
      return
    }
    const same =
      run.connection.version === connection.version &&
      run.connection.state === connection.state &&
      run.connection.workspaceOff === connection.workspaceOff
    if (same) run.lookAside()
    else run.change(connection)
  }

  /** Connections of the account are adopted next time. */
  expect(accountId: string): void {
    this.#toAdopt.add(accountId)
  }

  /** Begins with the connections of this node's accounts that it does not run yet. */
  async adopt(accounts: ReadonlyMap<string, Account>): Promise<void> {
    const fresh: Run[] = []
    for (const accountId of this.#toAdopt) {
      const account = accounts.get(accountId)
      if (account === undefined || account.stopped) continue
      for (const connection of this.#roster.connectionsOf(accountId)) {
        const run = this.#runs.get(connection.id) ?? this.#begin(connection, account)
        if (!run.isAdopted) fresh.push(run)
      }
    }
    // Nobody begins before all are adopted: what the first have to send would hold up the others, and the start.
    const begins: (() => void)[] = []
    try {
      for (let from = 0; from < fresh.length; from += adoptedTogether)
        begins.push(...(await this.#adoptSome(fresh.slice(from, from + adoptedTogether))))
      this.#toAdopt.clear()
    } finally {
      for (const begin of begins) begin()
    }
  }

  /** How each of them begins. */
  async #adoptSome(runs: readonly Run[]): Promise<readonly (() => void)[]> {
    const adopted = await this.#options.journal.adopt(
      runs.map(({ account, connection }) => ({
        lease: { accountId: account.id, fence: account.fence },
        cursors: lanes.map((lane) => keyOf(connection, lane)),
      })),
    )
    const byConnection = Map.groupBy(adopted, ({ connectionId }) => connectionId)
    return runs.map((run) => () => {
      const cursors = byConnection.get(run.connection.id)
      // Lost while it was asked: what ran now would stand in the way when it is taken again.
      if (run.account.lost) return
      if (cursors === undefined) this.#shared.lose(run.account)
      else run.adopted(cursors)
    })
  }

  /** Known from here on, so that nothing told while its cursors are adopted is missed. */
  #begin(connection: Connection, account: Account): Run {
    const { destinationId } = connection
    // A connection more on an account that runs: the windows are known here already.
    this.outlets.open(destinationId, { accountId: account.id, fence: account.fence })
    const outlet = this.outlets.get(destinationId)
    if (outlet === undefined) throw new Error(`There is no destination of ${connection.id}.`)
    const { journal, clock, log, mapperOf } = this.#options
    const shared: Shared = { ...this.#shared, outlets: this.outlets }
    const run = new Run(connection, {
      confirm: new Confirm(
        { journal, clock, log, account, destination: () => outlet.destination },
        connection,
      ),
      account,
      outlet,
      clock,
      rigOf: (owner) => rigOf(owner, this.#options, shared),
      mapperOf: (owner) => mapperOf(owner.connection, outlet.destination.scopes),
      awake: (owner) => void this.awake.add(owner),
    })
    this.#runs.set(connection.id, run)
    this.readers.add(run)
    return run
  }

  /** The account is another's from now on. */
  drop(account: Account): void {
    for (const run of this.of(account.id)) {
      if (run.account !== account) continue
      this.#runs.delete(run.connection.id)
      this.awake.delete(run)
      this.readers.remove(run)
      run.stop()
      this.outlets.remove(run.outlet)
    }
  }

  /** Lets the loops go of those that had nothing to do for a while. */
  park(): void {
    for (const run of this.awake) if (run.park()) this.awake.delete(run)
  }
}

function keyOf({ workspaceId, id, sourceId }: Connection, lane: Lane): CursorKey {
  return { workspaceId, connectionId: id, sourceId, lane }
}
