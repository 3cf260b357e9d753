import type { Act } from './audit.ts'
import type { Exchange } from './destination.ts'
import type { Cause, Errand, ErrandNews, Expiry, NextDue } from './errand.ts'
import type { Identifiers, Journaled, Lane, Received } from './event.ts'
import type { Counted, HourCount } from './hours.ts'
import type { Outcome, ReasonCode } from './reason.ts'

/**
 * The journal, the cursors and the ledger: the port between whoever receives, whoever delivers, and
 * where it is all kept. One suite (`db/journal.suite.ts`) says what every engine of it must do.
 */

/**
 * Numbers: `seq` is gapless, from 1, within one lane of one source. So a cursor, a patch, an exception
 * and an attempt are always of a lane; guest history (`links`, `waitingGuest`) is of lane `live`.
 */

/** What became of one event handed to `append`, in the order given. */
export interface Appended {
  readonly seq: number
  /** The source had sent this message id before; `seq` is the first one's. Nothing was written. */
  readonly duplicate: boolean
  /** As known at this moment (see `Journaled.identifiers`). */
  readonly identifiers: Identifiers
  /** The event made a visitor known who has older events waiting in this source. */
  readonly link: boolean
}

export interface Refused {
  readonly workspaceId: string
  readonly sourceId: string
  readonly at: number
  readonly reason: ReasonCode
  /** The first 8 KB of what came. */
  readonly body: string
}

/** A lease on an account. `fence` rises with every new owner; writes under an older one change nothing. */
export interface Lease {
  readonly accountId: string
  readonly fence: number
  /** Governor counts that the last owner kept; see `Destination.budget`. */
  readonly budget?: string
  /** How long ago it kept them, by the database's clock: at most so many milliseconds. */
  readonly budgetAgeMs?: number
  /** The last owner did not give it back: it may have sent more than its counts tell. */
  readonly orphaned?: boolean
}

/** A process on the database, as the others see it. */
export interface NodeRow {
  readonly id: string
  /** It runs accounts. */
  readonly delivers: boolean
  /** Milliseconds since it joined, by the database's clock. */
  readonly livedMs: number
}

/** A lane of a source reaches to `seq`. */
export interface Hint {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
  readonly seq: number
}

export interface CursorKey {
  readonly workspaceId: string
  readonly connectionId: string
  readonly sourceId: string
  readonly lane: Lane
}

/** A bulk batch announced before it was sent: whoever comes next sends exactly this range again. */
export interface Intent {
  readonly toSeq: number
  /** The connection's configuration that it was mapped with. */
  readonly version: number
  /** Of the batch's unique ids; a resend that differs is logged as a bug and sent all the same. */
  readonly digest: string
}

export interface Cursor extends CursorKey {
  /** Everything up to here is settled. */
  readonly seq: number
  readonly intent?: Intent
}

/** A cursor as its new owner finds it. */
export interface Adopted extends Cursor {
  /** The journal reached to here. */
  readonly head: number
  /** When the connection's next exception is due; undefined: none waits. */
  readonly dueAt?: number
}

/** An event that left the normal way. */
export interface Exception {
  readonly workspaceId: string
  readonly connectionId: string
  readonly sourceId: string
  readonly lane: Lane
  readonly seq: number
  /**
   * `retry`: due again at `dueAt`. `replay`: a person asked for it again, due at once.
   * `kept`: at its end (dropped by Klaviyo's answer, or dead), kept for people to look at and replay.
   */
  readonly state: 'retry' | 'replay' | 'kept'
  readonly reason: ReasonCode
  readonly messageId: string
  /** Failures that count for what follows: since it left the straight road, or was last asked for again. */
  readonly tries: number
  /** How often it has failed in all. */
  readonly failures: number
  readonly dueAt: number
  readonly firstAt: number
  readonly lastAt: number
  /** What Klaviyo said. */
  readonly detail?: string
  /** The errand by which it is in state `replay`. */
  readonly errandId?: string
}

/** One HTTP exchange and the events that it carried. */
export interface Attempt extends Exchange {
  readonly id: string
  /** The first and the last of the events. */
  readonly fromSeq: number
  readonly toSeq: number
  /** The events, ascending. Left out: all from the first to the last. */
  readonly seqs?: readonly number[]
  /** What the client changed on the way so that Klaviyo took them. */
  readonly notes?: readonly { readonly seq: number; readonly note: ReasonCode }[]
  readonly lane: Lane
  readonly version: number
}

/**
 * Sets the ledger byte of an event of the cursor's lane that was settled before (a waiting guest's, an
 * exception's), or is settled by the same call.
 */
export interface Patch {
  readonly seq: number
  readonly reason: ReasonCode
  readonly counted?: Counted
}

export interface LatestRow {
  /** The identifier that names the person, as `email:a@b.co`. */
  readonly person: string
  readonly group: string
  readonly occurredAt: number
  /** `first`: a row that exists stays. Else the newest `occurredAt` stays. */
  readonly keep?: 'latest' | 'first'
}

export interface Settlement {
  readonly fence: number
  readonly accountId: string
  readonly cursor: CursorKey
  /** Moves the cursor to the end of `reasons`: the outcome of each event after the old cursor, in order. Empty: the cursor stays. */
  readonly reasons: readonly ReasonCode[]
  /** What `reasons` add to the counts by the hour. */
  readonly hours?: readonly HourCount[]
  /**
   * The number that `reasons` begin with. When the cursor does not stand just before it, nothing is
   * written and the answer is false. Without it `reasons` begin after the cursor, wherever that is.
   */
  readonly fromSeq?: number
  readonly patches?: readonly Patch[]
  readonly attempts?: readonly Attempt[]
  /** Inserted, or put in place of the event's former one. */
  readonly exceptions?: readonly Exception[]
  /** Exceptions of the cursor's lane that are over and leave no trace but their ledger byte. */
  readonly resolved?: readonly number[]
  readonly latest?: readonly LatestRow[]
  readonly errands?: readonly ErrandNews[]
  readonly budget?: string
  readonly now: number
}

/** One line of an event list. */
export interface EventRow {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
  readonly seq: number
  readonly messageId: string
  readonly type: string
  readonly name: string
  /** As `email:a@b.co`, or undefined for an unknown visitor. */
  readonly person?: string
  readonly anonymousId?: string
  readonly occurredAt: number
  readonly receivedAt: number
  /** For one connection; see `Journal.events`. */
  readonly outcome: Outcome
  readonly reason?: ReasonCode
  /** It came before the connection: this one of `formers` had it, and what is said is as it left it. */
  readonly formerId?: string
}

/** Where events of a connection are asked for. */
export interface Formers {
  /** Connections that had its source before: what came before it is said as they left it. The newest first. */
  readonly formers?: readonly string[]
}

export interface EventQuery extends Place, Formers {
  /** `live` unless told. */
  readonly lane?: Lane
  /** Newest first, at most so many; `before` pages on. */
  readonly limit: number
  readonly before?: number
  readonly outcome?: Outcome
  readonly reason?: ReasonCode
  /** Whether those that wait for their turn are among them; left out: `outcome` and `reason` say it. */
  readonly inTurn?: boolean
  /**
   * Events that name the person, or one of several: `email:a@b.co`, `phone:+49…`, `id:7` (the shop's own),
   * `anonymous:…`.
   */
  readonly person?: string | readonly string[]
  /** Compared without case. */
  readonly names?: readonly string[]
  /** The shop's number of an order. */
  readonly order?: string
  /** Sent as a test, or not. */
  readonly test?: boolean
  /** When they were received: from then on, and before then. */
  readonly from?: number
  readonly until?: number
}

/** A line of an event list with the event itself. */
export interface FoundEvent extends EventRow {
  readonly identifiers: Identifiers
  readonly body: string
}

/** What a search found in the time that it had. */
export interface EventPage {
  readonly events: readonly FoundEvent[]
  /** Where it goes on; undefined: there is nothing more. */
  readonly before?: number
  /** So many events were looked through, most of them by their outline. */
  readonly looked: number
}

export interface ExchangeQuery {
  readonly workspaceId: string
  readonly connectionId?: string
  /** Only those that Klaviyo did not take, or that got no answer. */
  readonly failed?: boolean
  readonly limit: number
  /** Those before this one. */
  readonly before?: { readonly at: number; readonly id: string }
}

/** One exchange with Klaviyo, for a list. */
export type ExchangeRow = Omit<Attempt, 'seqs' | 'notes'> & { readonly connectionId: string }

export interface EventStory extends EventRow {
  readonly body: string
  readonly identifiers: Identifiers
  /** Those that carried the event, oldest first. */
  readonly attempts: readonly Attempt[]
  readonly exception?: Exception
}

/** Where a connection stands in one lane. */
export interface Standing extends CursorKey {
  readonly seq: number
  readonly head: number
  /** Events after the cursor. */
  readonly waiting: number
  /** When the oldest of them was received. */
  readonly oldestAt?: number
  /** How many settled events have each ledger byte now; events whose bodies are gone count too. */
  readonly counts: Readonly<Partial<Record<ReasonCode, number>>>
  readonly exceptions: Readonly<Record<'retry' | 'replay' | 'kept', number>>
  readonly lastSuccessAt?: number
  readonly lastError?: { readonly at: number; readonly status: number; readonly text: string }
}

/** A connection and where its events come from. */
export type Place = Omit<CursorKey, 'lane'>

export interface Journal {
  /**
   * Appends durably: resolves after the commit, with one answer per event in the order given. Numbers
   * each source's events without a gap, completes their identifiers from what the store knows, and
   * records what they reveal. All or nothing for the call; calls that wait together share a commit.
   * Rejects with `JournalUnavailable` when nothing can be written (disk full): nothing was taken then.
   */
  append(events: readonly Received[]): Promise<readonly Appended[]>

  /** Keeps input that is no event, for people to look at. */
  refuse(refused: readonly Refused[]): Promise<void>

  /**
   * Events after `after`, in order, without a gap, until `limit` or `maxBytes` is reached (at least one
   * if there is one). Only what is visible and contiguous: never reads past a missing number.
   */
  read(
    at: { readonly workspaceId: string; readonly sourceId: string; readonly lane: Lane },
    after: number,
    limit: number,
    maxBytes: number,
  ): Promise<readonly Journaled[]>

  /** The newest number of each, in the order given; 0: there is none. How a node notices what others appended. */
  heads(
    lanes: readonly {
      readonly workspaceId: string
      readonly sourceId: string
      readonly lane: Lane
    }[],
  ): Promise<readonly number[]>

  /**
   * Events by number, in order; numbers that are gone are left out. A guest's event has the `identifiers` of
   * the event that made the visitor known, once there is one: it was sent under that name.
   */
  readSome(
    at: { readonly workspaceId: string; readonly sourceId: string; readonly lane: Lane },
    seqs: readonly number[],
  ): Promise<readonly Journaled[]>

  /**
   * Guests' events that wait for the visitor whom `seq` made known: those before it, received after
   * `since`, of the same anonymous id, whose ledger byte for the connection is `anonymous_waiting`. In
   * order. The `identifiers` are those of the event that made the visitor known.
   */
  waitingGuest(cursor: CursorKey, seq: number, since: number): Promise<readonly Journaled[]>
  /**
   * A step of ending what waits for its visitor over a connection that was disconnected: it ends as `disconnected`.
   * False: nothing was left to end.
   */
  endGuests(connection: Place, now: number): Promise<boolean>
  /**
   * Events of these people (as `person` names them) after `seq` that the connection has had accepted, or that wait on
   * the straight road: identifies wherever they are, others near to it. In order.
   */
  successors(
    cursor: CursorKey,
    seq: number,
    people: readonly string[],
  ): Promise<readonly Journaled[]>
  /** Those of `from`..`to` (inclusive) in lane `live` that made a visitor known who has events waiting. Ascending. */
  links(
    at: { readonly workspaceId: string; readonly sourceId: string },
    from: number,
    to: number,
  ): Promise<readonly number[]>

  /**
   * A node announces itself, under an id that no other ever had. From then on it has to `renew` within
   * `leaseMs`, or it counts as dead. `alone`: no other can be alive (an embedded database): all of them
   * are forgotten, and their accounts free.
   */
  join(node: {
    readonly id: string
    readonly delivers: boolean
    readonly leaseMs: number
    readonly alone?: boolean
  }): Promise<void>
  /** Prolongs all that the node has. False: it counted as dead, and whatever it had may be another's by now. */
  renew(node: { readonly id: string; readonly leaseMs: number }): Promise<boolean>
  /** It takes no more accounts, and the others share without it. What it has stays its own. */
  retire(nodeId: string): Promise<void>
  /** It is gone: what it had is free. */
  leave(nodeId: string): Promise<void>
  /**
   * The nodes that are alive, by the database's clock, in the order in which they joined; those that are not
   * lose what they had. And what the node was told since it last looked; undefined: nothing.
   */
  look(
    nodeId: string,
  ): Promise<{ readonly nodes: readonly NodeRow[]; readonly hints: readonly Hint[] | undefined }>

  /**
   * Takes at most `most` of the accounts that are free (or this node's own already), in the order given:
   * raises their fence. Only for a node that has joined.
   */
  claim(
    accountIds: readonly string[],
    node: { readonly id: string; readonly most: number },
  ): Promise<readonly Lease[]>
  /** Gives accounts back, with what their windows hold. Another's are left alone. */
  release(
    accounts: readonly { readonly accountId: string; readonly budget?: string }[],
    nodeId: string,
  ): Promise<void>

  /**
   * Tells other nodes that these lanes have more, or that there is something to look at (without any). A hint:
   * it may get lost.
   */
  hint(nodeIds: readonly string[], lanes: readonly Hint[]): Promise<void>
  /**
   * The cursors under these leases; made where missing, starting after what the source's journal holds by
   * then (a new connection begins with what happens from then on). Puts the leases' fences into them: from
   * here on the former owner's writes change nothing. Those are left out whose lease is another's by now.
   */
  adopt(
    asked: readonly { readonly lease: Lease; readonly cursors: readonly CursorKey[] }[],
  ): Promise<readonly Adopted[]>

  /** Announces a bulk batch. False: another owner has taken over; send nothing. */
  intend(fence: number, cursor: CursorKey, intent: Intent): Promise<boolean>

  /** One transaction. False: another owner has taken over, and nothing was written. */
  settle(settlement: Settlement): Promise<boolean>

  /** Exceptions of a connection in state `retry` or `replay` that are due, oldest first. */
  due(
    connection: { readonly workspaceId: string; readonly connectionId: string },
    now: number,
    limit: number,
  ): Promise<readonly Exception[]>
  nextDue(connection: {
    readonly workspaceId: string
    readonly connectionId: string
  }): Promise<NextDue>

  /** Of the persons and groups asked for, what was applied last. */
  latest(
    connection: { readonly workspaceId: string; readonly connectionId: string },
    asked: readonly { readonly person: string; readonly group: string }[],
  ): Promise<readonly LatestRow[]>

  /**
   * Makes exceptions in state `replay` of ended events; returns how many. Those that wait already are left alone.
   * `act` is put into the trail with how many they were; where there were none, nothing is.
   */
  replay(connection: CursorKey, seqs: readonly number[], now: number, act?: Act): Promise<number>
  /** Lets go of failed events: they end as `discarded`. Returns how many there were among these. `act` as above. */
  discard(connection: CursorKey, seqs: readonly number[], now: number, act?: Act): Promise<number>

  /** How many events an errand like that would come to. */
  countFor(connection: Place, errand: Pick<Errand, 'act' | 'reason'>): Promise<number>
  /**
   * Begins an errand, and puts `act` into the trail. While one of the connection runs, nothing is begun and that
   * one is the answer.
   */
  begin(
    connection: Place,
    errand: Pick<Errand, 'id' | 'act' | 'reason'>,
    now: number,
    act?: Act,
  ): Promise<{ readonly errand: Errand; readonly begun: boolean }>
  /**
   * Goes on with the connection's running errand by a step, which makes at most `limit` exceptions due or lets
   * go of as many. False: there was nothing to do but to wait for those that are due.
   */
  proceed(connection: Place, limit: number, now: number): Promise<boolean>
  /**
   * Ends an errand that runs, and puts `act` into the trail. What it has made due, and is not under way yet, is as
   * before.
   */
  cancel(connection: Place, id: string, now: number, act?: Act): Promise<Errand | undefined>
  /** Newest first. */
  errands(connection: Place, limit: number): Promise<readonly Errand[]>

  /**
   * Deletes what failed longer ago than `keepMs`: it ends as `failed_expired`. Not before a day has passed since
   * it was first called with that time, or a longer one. Undefined: nothing is ever deleted, and it is forgotten
   * that it was told.
   */
  expireFailed(
    connection: Place,
    keepMs: number | undefined,
    now: number,
  ): Promise<Expiry | undefined>
  /** When deleting begins, or has begun; undefined: it was not told yet. */
  failedNotice(connection: Place): Promise<number | undefined>

  // For people:
  /** What has failed and is kept, by reason, the most frequent first. */
  causes(connection: Place): Promise<readonly Cause[]>
  /** The newest that failed for that reason and are kept. */
  failed(connection: Place, reason: ReasonCode, limit: number): Promise<readonly Exception[]>
  standing(cursor: CursorKey): Promise<Standing>
  events(query: EventQuery): Promise<readonly EventRow[]>
  /** As `events`, for some 50 ms: what is rare among millions may take several calls. */
  search(query: EventQuery): Promise<EventPage>
  story(query: Place & Formers & { readonly messageId: string }): Promise<EventStory | undefined>
  /** HTTP exchanges of a workspace, newest first, as long as they are kept. */
  exchanges(query: ExchangeQuery): Promise<readonly ExchangeRow[]>
  refusedCounts(workspaceId: string): Promise<Readonly<Partial<Record<ReasonCode, number>>>>
  refusedNewest(workspaceId: string, limit: number): Promise<readonly Refused[]>

  /** Drops bodies, attempts and message ids older than the times given; never what a cursor, a guest or an exception still needs. */
  retain(limits: {
    readonly now: number
    readonly bodyMs: number
    readonly attemptMs: number
    readonly seenMs: number
  }): Promise<void>

  close(): Promise<void>
}

/** Nothing can be written at the moment. The receiver answers 503 with `Retry-After`. */
export class JournalUnavailable extends Error {
  override readonly name = 'JournalUnavailable'
}
