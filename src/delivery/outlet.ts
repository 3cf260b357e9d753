import type { Clock, Destination, DestinationRow, Lease } from '../core/index.ts'
import type { Gate } from './gate.ts'

/**
 * A destination while its account is run here. Klaviyo's side of it is opened when it is first needed: most of
 * ten thousand accounts have nothing to send for hours.
 */
export class Outlet {
  row: DestinationRow
  readonly gate: Gate
  readonly #open: (row: DestinationRow) => Destination
  readonly #clock: Clock
  #destination: Destination | undefined
  /** What the account's windows held for the owner before. */
  readonly #budget: string | undefined
  /** When that was kept, of the clock that never jumps. */
  readonly #budgetAt: number
  readonly #orphaned: boolean

  constructor(
    row: DestinationRow,
    {
      gate,
      lease,
      clock,
      open,
    }: { gate: Gate; lease: Lease; clock: Clock; open: (row: DestinationRow) => Destination },
  ) {
    this.row = row
    this.gate = gate
    this.#clock = clock
    this.#open = open
    this.#budget = lease.budget
    this.#budgetAt = clock.monotonic() - (lease.budgetAgeMs ?? 0)
    this.#orphaned = lease.orphaned ?? false
  }

  /** Another owner sent something before. */
  get takenOver(): boolean {
    return this.#budget !== undefined
  }

  get destination(): Destination {
    if (this.#destination === undefined) {
      this.#destination = this.#open(this.row)
      // Counts come with every settlement: an account without them never had one, so that hardly anything
      // was sent, and no window counts as used.
      if (this.#budget !== undefined)
        this.#destination.resume(
          this.#budget,
          this.#clock.monotonic() - this.#budgetAt,
          this.#orphaned,
        )
    }
    return this.#destination
  }

  /** What the account's windows hold; undefined: nothing was sent from here lately. */
  get budget(): string | undefined {
    return this.#destination?.budget()
  }

  /** True: what it was held for has been put right. */
  change(row: DestinationRow): boolean {
    if (row.secret !== this.row.secret) this.#destination = undefined
    this.row = row
    return (
      row.state === 'connected' && (this.gate.hold !== undefined || this.gate.forbidden.size > 0)
    )
  }

  /** Nothing is to be sent for a while. */
  rest(): void {
    this.#destination = undefined
  }
}
