import type {
  Clock,
  Connection,
  CursorKey,
  Destination,
  Exception,
  Journal,
  Lane,
  Log,
  ReasonCode,
  Sought,
} from '../core/index.ts'
import type { Account } from './account.ts'
import type { Item } from './item.ts'

/** An accepted event that is looked for. */
interface Sample {
  readonly key: CursorKey
  readonly seq: number
  readonly messageId: string
  readonly acceptedAt: number
  readonly sought: Sought
  looks: number
}

/** When it is looked for, after it was accepted: Klaviyo takes seconds or minutes to work on what it accepts. */
const looksAfterMs = [30_000, 120_000, 600_000, 1_800_000]
/** So many are looked for at a time: those that are not found yet. */
const mostSamples = 10

export interface ConfirmParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly account: Account
  readonly destination: () => Destination
}

/**
 * Reads a sample of what Klaviyo accepted back from it: a 202 without content promises nothing. What is found
 * is confirmed; what is not found after the last look is kept as failed. Held in memory only: a sample that is
 * forgotten by a restart stays accepted.
 */
export class Confirm {
  readonly #parts: ConfirmParts
  /** 0: none is looked for. */
  #everyMs = 0
  #nextAt = 0
  #forbidden = false
  readonly #samples = new Map<Sample, () => void>()

  constructor(parts: ConfirmParts, connection: Connection) {
    this.#parts = parts
    this.change(connection)
  }

  change({ settings }: Connection): void {
    this.#everyMs = settings.confirmEveryMs
    // Whoever changes something may have given the permission.
    this.#forbidden = false
    if (this.#everyMs === 0) this.stop()
  }

  /** It may not look. */
  get isForbidden(): boolean {
    return this.#forbidden && this.#everyMs > 0
  }

  /** Told of what was settled: costs a comparison unless it is time for a sample. */
  settled(items: readonly Item[], connection: Connection, lane: Lane): void {
    const { clock } = this.#parts
    if (this.#everyMs === 0 || this.#forbidden || clock.now() < this.#nextAt) return
    if (this.#samples.size >= mostSamples) return
    const item = items.find(
      ({ end, plan, reason }) => end === undefined && plan?.type === 'send' && isAccepted(reason),
    )
    const action =
      item?.plan?.type === 'send'
        ? item.plan.actions.find(({ type }) => type === 'event')
        : undefined
    if (item === undefined || action?.type !== 'event') return
    this.#nextAt = clock.now() + this.#everyMs
    const { workspaceId, id: connectionId, sourceId } = connection
    this.#wait({
      key: { workspaceId, connectionId, sourceId, lane },
      seq: item.journaled.seq,
      messageId: item.journaled.messageId,
      acceptedAt: clock.now(),
      sought: { uniqueId: action.uniqueId, time: action.time },
      looks: 0,
    })
  }

  stop(): void {
    for (const cancel of this.#samples.values()) cancel()
    this.#samples.clear()
  }

  #wait(sample: Sample, atLeastMs = 0): void {
    const { clock } = this.#parts
    const dueAt = sample.acceptedAt + (looksAfterMs[sample.looks] ?? 0)
    const ms = Math.max(dueAt - clock.now(), atLeastMs)
    this.#samples.set(
      sample,
      clock.after(ms, () => void this.#look(sample)),
    )
  }

  async #look(sample: Sample): Promise<void> {
    const { account, destination, log } = this.#parts
    if (account.stopped || !this.#samples.has(sample)) return
    try {
      const found = await destination().find(sample.sought)
      if (!this.#samples.has(sample)) return
      if (found.type === 'forbidden') {
        this.#forbidden = true
        log.warn(
          { connection: sample.key.connectionId },
          'What Klaviyo accepted cannot be read back: the key lacks the permission events:read',
        )
        this.stop()
      } else if (found.type === 'later') this.#wait(sample, found.afterMs)
      else if (found.type === 'unknown') this.#samples.delete(sample)
      else if (found.type === 'found') await this.#settle(sample, 'confirmed')
      else if (sample.looks + 1 < looksAfterMs.length) {
        sample.looks += 1
        this.#wait(sample)
      } else await this.#settle(sample, 'not_seen')
    } catch (error) {
      log.warn({ connection: sample.key.connectionId, error: String(error) }, 'A look failed')
      this.#samples.delete(sample)
    }
  }

  async #settle(
    sample: Sample,
    reason: Extract<ReasonCode, 'confirmed' | 'not_seen'>,
  ): Promise<void> {
    const { journal, account, clock } = this.#parts
    const { key, seq, messageId, acceptedAt } = sample
    this.#samples.delete(sample)
    const now = clock.now()
    const kept: Exception = {
      ...key,
      seq,
      state: 'kept',
      reason,
      messageId,
      tries: 1,
      failures: 1,
      dueAt: 0,
      firstAt: acceptedAt,
      lastAt: now,
    }
    await journal.settle({
      fence: account.fence,
      accountId: account.id,
      cursor: key,
      reasons: [],
      patches: [{ seq, reason }],
      exceptions: reason === 'not_seen' ? [kept] : [],
      now,
    })
  }
}

function isAccepted(reason: ReasonCode | undefined): boolean {
  return reason === undefined || reason === 'accepted' || reason === 'accepted_with_note'
}
