import type {
  Attempt,
  Connection,
  CursorKey,
  Exception,
  Journaled,
  LatestRow,
  Mapper,
  Patch,
  ReasonCode,
  Settings,
} from '../core/index.ts'
import { backoffMs, quickTries, reasons } from '../core/index.ts'
import { carryAlone, carryTogether, load, plan } from './carry.ts'
import type { Carrier } from './carry.ts'
import { News } from './errand-news.ts'
import { Hours } from './hours.ts'
import { itemOf } from './item.ts'
import type { Item } from './item.ts'
import { exceptionOf } from './outcome.ts'
import { weightOf } from './memory.ts'
import { withoutOutdated } from './outdated.ts'
import { Later } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'
import { Suspect } from './suspect.ts'

/** At most so many are looked up together. */
const lookedUp = 100
/** Fewer actions than that go one by one. */
const fewActions = 10

/** Whose exceptions they are. */
interface Retried {
  readonly connection: Connection
  readonly mapper: Mapper
  /** False: nothing more of it is to go out. */
  readonly open: () => boolean
}

/** What became of a handful. */
interface Done {
  readonly rows: readonly Exception[]
  readonly done: readonly Item[]
  /** Their events are there no more. */
  readonly gone: readonly number[]
  readonly attempts: readonly Attempt[]
  readonly latest: readonly LatestRow[]
}

/** Sends a connection's exceptions again, a handful after the other, and settles what becomes of them. */
export class Retrying {
  readonly #rig: Rig
  /** Handfuls that failed in a row, while the account took nothing else. */
  #failures = 0
  /** How much the account had judged by the first of them. */
  #judgedBefore = 0
  #pausedUntil = 0
  readonly #hours = new Hours()

  constructor(rig: Rig) {
    this.#rig = rig
  }

  /** Milliseconds until something of it may be sent again. */
  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#rig.clock.now())
  }

  /**
   * Works on some of those of a lane, as many as there is room for. Rejects with `Later` or `Stopped` when
   * something of them has to wait; what was done by then is settled.
   */
  async work(due: readonly Exception[], { connection, mapper, open }: Retried): Promise<void> {
    const first = due[0]
    if (first === undefined) return
    const { workspaceId, connectionId, sourceId, lane } = first
    const key: CursorKey = { workspaceId, connectionId, sourceId, lane }
    const { rows, read } = await this.#read(due)
    const items = read.map((journaled) => itemOf(journaled, false))
    const attempts: Attempt[] = []
    const applied: LatestRow[] = []
    const line = lineOf(this.#rig, {
      settings: connection.settings,
      lane,
      aside: true,
      open,
      record: (exchange, carried) => {
        const id = this.#rig.newAttemptId()
        attempts.push({ ...exchange, ...carried, id, lane, version: connection.version })
      },
    })
    const carrier: Carrier = {
      line,
      mapper,
      latest: this.#rig.latest,
      // What is kept may be older than what has arrived: it travels on the straight road only.
      kept: undefined,
      connection,
      lane,
      clock: this.#rig.clock,
      beyond: async () => [],
      outdated: (item, actions) => withoutOutdated(this.#rig.journal, key, mapper, item, actions),
      applied,
    }
    let failure: unknown
    try {
      await this.#carry(carrier, items)
      this.#failures = 0
    } catch (error) {
      failure = error
      if (error instanceof Later && line.open() && this.#rig.gate.hold === undefined) {
        this.#failed(items, error, connection.settings)
      }
    }
    const done = items.filter(({ state }) => state === 'done')
    const there = new Set(read.map(({ seq }) => seq))
    const gone = rows.filter(({ seq }) => !there.has(seq)).map(({ seq }) => seq)
    try {
      await this.#settle(key, connection.settings, { rows, done, gone, attempts, latest: applied })
    } finally {
      for (const journaled of read) this.#rig.memory.give(weightOf(journaled))
    }
    if (failure !== undefined) throw failure
  }

  /** The events of the first of them, until what is read fills the room that there is. */
  async #read(
    due: readonly Exception[],
  ): Promise<{ readonly rows: readonly Exception[]; readonly read: readonly Journaled[] }> {
    const { journal, memory, turns } = this.#rig
    const read: Journaled[] = []
    let count = 0
    let bytes = 0
    const turn = await turns.take()
    try {
      const maxBytes = memory.room()
      while (count < due.length && bytes < maxBytes) {
        const some = due.slice(count, count + lookedUp)
        const { workspaceId, sourceId, lane } = some[0]!
        const seqs = some.map(({ seq }) => seq)
        const found = await journal.readSome({ workspaceId, sourceId, lane }, seqs)
        for (const { bodyBytes } of found) bytes += bodyBytes
        read.push(...found)
        count += some.length
      }
      for (const journaled of read) memory.hold(weightOf(journaled))
    } finally {
      turn.end()
    }
    return { rows: due.slice(0, count), read }
  }

  async #carry(carrier: Carrier, items: readonly Item[]): Promise<void> {
    let actions = 0
    for (const item of items) {
      plan(carrier.mapper, item)
      if (item.plan?.type === 'send') actions += item.plan.actions.length
    }
    if (actions > fewActions) {
      const cargo = await load(carrier, items, this.#rig.digest)
      await carryTogether(
        carrier,
        items,
        cargo,
        { digest: cargo.digest, results: new Map(), suspect: new Suspect() },
        'long',
      )
      return
    }
    for (const item of items) if (item.state !== 'done') await carryAlone(carrier, item)
  }

  /**
   * A request failed although waiting might help. The first event in it has its own time to wait from here on,
   * and the others go on; where the account takes nothing, all of it rests for a while. In retry
   * cycles quick tries come first here too; what they do not bring through fails together.
   */
  #failed(items: readonly Item[], { seqs }: Later, { patience }: Settings): void {
    const { gate, clock } = this.#rig
    if (this.#failures === 0) this.#judgedBefore = gate.judged
    this.#failures += 1
    const answersOthers = gate.judged > this.#judgedBefore
    if (!answersOthers) this.#pausedUntil = clock.now() + backoffMs(this.#failures, clock.random())
    if (patience === 'wait' || answersOthers) {
      // Never one that only stands before it: all of that one may have been accepted.
      const first = items.filter(({ journaled }) => journaled.seq === seqs[0])
      setAside(first, gate.lastError?.text)
    } else if (this.#failures >= quickTries) {
      setAside(items, gate.lastError?.text)
    }
    if (answersOthers) this.#failures = 0
  }

  async #settle(
    key: CursorKey,
    settings: Settings,
    { rows, done, gone, attempts, latest }: Done,
  ): Promise<void> {
    const { journal, account, destination, clock, gate, tempo, lost } = this.#rig
    const now = clock.now()
    const patches: Patch[] = gone.map((seq) => ({ seq, reason: 'retries_exhausted' }))
    const exceptions: Exception[] = []
    const resolved: number[] = [...gone]
    const former = new Map(rows.map((row) => [row.seq, row]))
    const news = new News()
    for (const seq of gone) news.add(former.get(seq), 'ended')
    for (const item of done) {
      const before = former.get(item.journaled.seq)
      const answeredOthers = (gate.lastSuccessAt ?? 0) > (before?.lastAt ?? 0)
      const where = { ...key, settings, now, random: clock.random(), counts: answeredOthers }
      const { reason, exception } = exceptionOf(item, where, before)
      if (before?.state === 'replay' && before.failures > 0 && switchedOff.has(reason)) {
        exceptions.push(keptAgain(before))
        news.add(before, 'ended')
        continue
      }
      // What a person asked for again took as long as the person.
      const delayMs = before?.state === 'retry' ? now - item.journaled.receivedAt : undefined
      const counted = this.#hours.counted(item, now, delayMs)
      patches.push({ seq: item.journaled.seq, reason, counted })
      if (exception === undefined) resolved.push(item.journaled.seq)
      else exceptions.push(exception)
      if (exception?.state === 'retry') news.add(before, 'later')
      else news.add(before, reasons[reason].outcome === 'accepted' ? 'accepted' : 'ended')
    }
    const settled = await journal.settle({
      fence: account.fence,
      accountId: account.id,
      cursor: key,
      reasons: [],
      patches,
      attempts,
      exceptions,
      resolved,
      latest,
      errands: news.all(),
      budget: destination.budget(),
      now,
    })
    if (!settled) lost()
    else tempo.settled(done.length)
  }
}

/** What failed stays failed, and can be sent when it goes on, where only a switch was in the way. */
const switchedOff: ReadonlySet<ReasonCode> = new Set([
  'connection_off',
  'workspace_off',
  'disconnected',
])

/** As it was before it was asked for again. */
function keptAgain(before: Exception): Exception {
  const { errandId: _, ...row } = before
  return { ...row, state: 'kept', tries: row.failures, dueAt: 0 }
}

function setAside(items: readonly Item[], detail: string | undefined): void {
  for (const item of items) {
    if (item.state === 'done') continue
    item.state = 'done'
    item.reason = 'exception'
    item.end = {
      reason: 'klaviyo_unavailable',
      retry: true,
      ...(detail === undefined ? {} : { detail }),
    }
  }
}
