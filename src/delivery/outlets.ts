import type { DestinationRow, Lease, ReasonCode } from '../core/index.ts'
import { reasons } from '../core/index.ts'
import { Gate } from './gate.ts'
import type { DeliveryOptions } from './options.ts'
import { Outlet } from './outlet.ts'
import type { Roster } from './roster.ts'
import type { Run } from './run.ts'

type Options = Pick<DeliveryOptions, 'clock' | 'config' | 'log' | 'open'>

/** The destinations of the accounts that are run here. */
export class Outlets {
  readonly #options: Options
  readonly #roster: Roster
  readonly #runsOn: (destination: DestinationRow) => readonly Run[]
  readonly #outlets = new Map<string, Outlet>()

  /** @param runsOn the connections to a destination that run here */
  constructor(
    options: Options,
    roster: Roster,
    runsOn: (destination: DestinationRow) => readonly Run[],
  ) {
    this.#options = options
    this.#roster = roster
    this.#runsOn = runsOn
  }

  get(destinationId: string): Outlet | undefined {
    return this.#outlets.get(destinationId)
  }

  /** What an account's windows hold, unless nothing was sent here. */
  budgetOf(accountId: string): { readonly budget?: string } {
    for (const { destinationId } of this.#roster.connectionsOf(accountId)) {
      const budget = this.#outlets.get(destinationId)?.budget
      if (budget !== undefined) return { budget }
    }
    return {}
  }

  open(destinationId: string, lease: Lease): void {
    const row = this.#roster.destinations.get(destinationId)
    if (row === undefined || this.#outlets.has(destinationId)) return
    const { clock, open } = this.#options
    const gate = new Gate(
      clock,
      () => this.#opened(destinationId),
      (reason, waitMs) => this.#waits(destinationId, reason, waitMs),
    )
    // A missing permission is found out again by itself, and perhaps concerns only some actions.
    if (row.state === 'error' && row.error?.reason !== 'scope_missing') {
      gate.stop(holdReasonOf(row), row.error?.detail)
    }
    this.#outlets.set(destinationId, new Outlet(row, { gate, lease, clock, open }))
  }

  change(row: DestinationRow): void {
    const outlet = this.#outlets.get(row.id)
    if (outlet?.change(row) !== true) return
    outlet.gate.open()
    for (const run of this.#at(row.id)) run.mended()
  }

  /** Klaviyo refuses the credentials, or a permission. */
  refused(
    outlet: Outlet,
    reason: ReasonCode,
    { detail, hold }: { readonly detail: string | undefined; readonly hold: boolean },
  ): void {
    const { config, log, clock } = this.#options
    const { workspaceId, id } = outlet.row
    log.warn(
      { destination: id, reason, hold },
      `${reasons[reason].sentence} ${hold ? 'Its events wait.' : 'What needs it waits.'} ${reasons[reason].todo}`,
    )
    const error = { reason, at: clock.now(), ...(detail === undefined ? {} : { detail }) }
    outlet.row = { ...outlet.row, state: 'error', error }
    config.markDestination(workspaceId, id, error).catch((failure: unknown) => {
      log.error({ destination: id, error: String(failure) }, 'The destination could not be marked')
    })
  }

  /** Its account is another's from now on. */
  remove(outlet: Outlet): void {
    outlet.gate.close()
    this.#outlets.delete(outlet.row.id)
  }

  close(): void {
    for (const { gate } of this.#outlets.values()) gate.close()
  }

  #at(destinationId: string): readonly Run[] {
    const row = this.#outlets.get(destinationId)?.row
    return row === undefined ? [] : this.#runsOn(row)
  }

  #opened(destinationId: string): void {
    for (const run of this.#at(destinationId)) run.kick()
  }

  #waits(destinationId: string, reason: ReasonCode, waitMs: number): void {
    for (const { connection } of this.#at(destinationId)) {
      this.#options.log.warn(
        { connection: connection.id, destination: destinationId, reason, waitMs },
        `${reasons[reason].sentence} Its events are tried again.`,
      )
    }
  }
}

function holdReasonOf({ error }: DestinationRow): ReasonCode {
  return error?.reason === 'app_uninstalled' ? 'app_uninstalled' : 'key_invalid'
}
