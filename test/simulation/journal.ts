import {
  lanes,
  noticeMs,
  personKeyOf,
  reasons,
  sameName,
  settingsOf,
} from '../../src/core/index.ts'
import type {
  Adopted,
  Appended,
  Attempt,
  Cause,
  Change,
  Config,
  Connection,
  Cursor,
  CursorKey,
  DestinationRow,
  Errand,
  Event,
  EventQuery,
  EventRow,
  Exception,
  Expiry,
  Formers,
  FoundEvent,
  Hint,
  Identifiers,
  Journal,
  Journaled,
  Lane,
  LatestRow,
  Lease,
  NextDue,
  Place,
  ReasonCode,
  Received,
  Refused,
  Settings,
  Settlement,
  SourceRow,
  StoreRow,
  Workspace,
} from '../../src/core/index.ts'

/**
 * A journal and a configuration in memory, for the simulation: what the databases behind the ports do, said
 * as plainly as can be. Each call is carried out at once and as a whole; what happens on the way to it and
 * back is the simulation's.
 */
export class ModelJournal implements Omit<Journal, 'close'> {
  readonly #now: () => number
  readonly #lanes = new Map<string, LaneModel>()
  readonly #seen = new Map<string, { readonly lane: Lane; readonly seq: number; at: number }>()
  #aliases = new Map<string, Known>()
  /** By source and anonymous id: which event made it known. */
  #links = new Map<string, number>()
  readonly leases = new Map<string, LeaseModel>()
  /** The nodes. */
  readonly company = new Map<
    string,
    { delivers: boolean; readonly joinedAt: number; until: number }
  >()
  readonly #hints = new Map<string, readonly Hint[]>()
  readonly cursors = new Map<string, CursorModel>()
  #refused: Refused[] = []
  readonly config: ModelConfig

  constructor(now: () => number) {
    this.#now = now
    this.config = new ModelConfig((connection) => {
      for (const lane of lanes) {
        const { workspaceId, id: connectionId, sourceId } = connection
        this.#cursorOf({ workspaceId, connectionId, sourceId, lane })
      }
    })
  }

  // Receiving

  async append(events: readonly Received[]): Promise<readonly Appended[]> {
    for (const { name } of events) {
      if (typeof name !== 'string') throw new Error('The name of an event is missing.')
    }
    return events.map((event) => this.#appendOne(event))
  }

  #appendOne(received: Received): Appended {
    const { workspaceId, sourceId, lane, event } = received
    const seenKey = `${workspaceId} ${sourceId} ${event.messageId}`
    const before = this.#seen.get(seenKey)
    if (before !== undefined) {
      const first = this.laneOf({ workspaceId, sourceId, lane: before.lane }).events.get(before.seq)
      const identifiers = first?.journaled.identifiers ?? received.identifiers
      return { seq: before.seq, duplicate: true, identifiers, link: false }
    }
    const rows = this.laneOf(received)
    const seq = rows.head + 1
    const anonymousId = received.identifiers.anonymousId ?? textOf(event.anonymousId)
    const known = this.#identify(received, anonymousId)
    const guest = !isKnown(known)
    const identifiers: Identifiers = {
      ...known,
      ...(anonymousId === undefined ? {} : { anonymousId }),
    }
    let link = false
    if (lane === 'live' && !guest) {
      const previousId = event.type === 'alias' ? textOf(event.previousId) : undefined
      for (const id of [anonymousId, previousId]) {
        if (id !== undefined && this.#link(rows, `${workspaceId} ${sourceId} ${id}`, id, seq))
          link = true
      }
    }
    rows.head = seq
    const { name, body, occurredAt, receivedAt } = received
    rows.events.set(seq, {
      guest,
      type: event.type,
      body,
      journaled: {
        workspaceId,
        sourceId,
        lane,
        seq,
        messageId: event.messageId,
        name,
        event,
        bodyBytes: Buffer.byteLength(body),
        identifiers,
        occurredAt,
        receivedAt,
      },
    })
    this.#seen.set(seenKey, { lane, seq, at: receivedAt })
    return { seq, duplicate: false, identifiers, link }
  }

  #link(rows: LaneModel, key: string, anonymousId: string, seq: number): boolean {
    if (this.#links.has(key)) return false
    const waits = [...rows.events.values()].some(
      ({ guest, journaled }) => guest && journaled.identifiers.anonymousId === anonymousId,
    )
    if (waits) this.#links.set(key, seq)
    return waits
  }

  #identify(
    { workspaceId, storeId, event, identifiers }: Received,
    anonymousId: string | undefined,
  ): Identifiers {
    const nameOfAlias = (kind: string, id: string | undefined) =>
      id === undefined ? undefined : `${workspaceId} ${storeId} ${kind} ${id}`
    const previous = event.type === 'alias' ? textOf(event.previousId) : undefined
    const user = nameOfAlias('user', textOf(event.userId) ?? identifiers.externalId)
    const visitor = nameOfAlias('anonymous', anonymousId)
    const of = (key: string | undefined) =>
      key === undefined ? {} : (this.#aliases.get(key) ?? {})
    const { email, phone, externalId } = identifiers
    let known: Known = completed({ email, phone, externalId }, of(user))
    known = completed(known, of(nameOfAlias('user', previous)))
    if (visitor !== undefined && !differ(known, of(visitor))) {
      known = completed(known, of(visitor))
      if (user === undefined) known = completed(known, of(nameOfAlias('user', known.externalId)))
    }
    if (user !== undefined && (known.email ?? known.phone) !== undefined)
      this.#aliases.set(user, known)
    if (isKnown(known)) {
      const previousVisitor = nameOfAlias('anonymous', previous)
      if (visitor !== undefined) this.#aliases.set(visitor, known)
      if (previousVisitor !== undefined) this.#aliases.set(previousVisitor, known)
    }
    return {
      ...(known.email === undefined ? {} : { email: known.email }),
      ...(known.phone === undefined ? {} : { phone: known.phone }),
      ...(known.externalId === undefined ? {} : { externalId: known.externalId }),
    }
  }

  async refuse(refused: readonly Refused[]): Promise<void> {
    this.#refused.push(...refused.map((one) => ({ ...one, body: one.body.slice(0, 8192) })))
  }

  // Reading

  async read(at: At, after: number, limit: number, maxBytes: number): Promise<Journaled[]> {
    const { events } = this.laneOf(at)
    const found: Journaled[] = []
    let bytes = 0
    for (let seq = after + 1; found.length < limit; seq += 1) {
      const row = events.get(seq)
      if (row === undefined) break
      bytes += row.body.length
      if (bytes > maxBytes && found.length > 0) break
      found.push(row.journaled)
    }
    return found
  }

  async heads(asked: readonly At[]): Promise<number[]> {
    return asked.map((at) => this.laneOf(at).head)
  }

  async readSome(at: At, seqs: readonly number[]): Promise<Journaled[]> {
    const { events } = this.laneOf(at)
    return seqs
      .toSorted((a, b) => a - b)
      .flatMap((seq) => {
        const row = events.get(seq)
        if (row === undefined) return []
        const visitor = row.guest ? row.journaled.identifiers.anonymousId : undefined
        const link = visitor === undefined ? undefined : this.linkOf(at, visitor)
        const revealing = link === undefined ? undefined : events.get(link)
        const { identifiers } = (revealing ?? row).journaled
        return [{ ...row.journaled, identifiers }]
      })
  }

  async waitingGuest(key: CursorKey, seq: number, since: number): Promise<Journaled[]> {
    const rows = this.laneOf({ ...key, lane: 'live' })
    const revealing = rows.events.get(seq)
    if (revealing === undefined) return []
    const { identifiers } = revealing.journaled
    const prefix = `${key.workspaceId} ${key.sourceId} `
    const visitors = new Set(
      [...this.#links]
        .filter(([name, at]) => at === seq && name.startsWith(prefix))
        .map(([name]) => name.slice(prefix.length)),
    )
    const { bytes } = this.#cursorOf(key)
    return [...rows.events.values()]
      .filter(
        ({ guest, journaled }) =>
          guest &&
          visitors.has(journaled.identifiers.anonymousId ?? '') &&
          journaled.seq < seq &&
          journaled.receivedAt > since &&
          bytes.get(journaled.seq) === 'anonymous_waiting',
      )
      .map(({ journaled }) => ({ ...journaled, identifiers }))
  }

  async endGuests(place: Place): Promise<boolean> {
    const { bytes } = this.#cursorOf({ ...place, lane: 'live' })
    const waiting = [...bytes].filter(([, byte]) => byte === 'anonymous_waiting')
    for (const [seq] of waiting) bytes.set(seq, 'disconnected')
    return waiting.length > 0
  }

  async successors(key: CursorKey, seq: number, people: readonly string[]): Promise<Journaled[]> {
    const { bytes } = this.#cursorOf(key)
    return [...this.laneOf(key).events.values()]
      .map(({ journaled }) => journaled)
      .filter((one) => {
        const byte = bytes.get(one.seq)
        const isNear = one.event.type === 'identify' || one.seq <= seq + 1000
        const outcome = byte === undefined ? 'accepted' : reasons[byte].outcome
        const counts = outcome === 'accepted' || outcome === 'confirmed'
        const person = personKeyOf(one.identifiers)
        return one.seq > seq && isNear && counts && people.includes(person ?? '')
      })
      .toSorted((one, other) => one.seq - other.seq)
  }

  async links(
    at: { readonly workspaceId: string; readonly sourceId: string },
    from: number,
    to: number,
  ): Promise<number[]> {
    const prefix = `${at.workspaceId} ${at.sourceId} `
    const seqs = [...this.#links].flatMap(([name, seq]) =>
      name.startsWith(prefix) && seq >= from && seq <= to ? [seq] : [],
    )
    return [...new Set(seqs)].toSorted((a, b) => a - b)
  }

  /** The event that made a visitor known. */
  linkOf(
    { workspaceId, sourceId }: { readonly workspaceId: string; readonly sourceId: string },
    anonymousId: string,
  ): number | undefined {
    return this.#links.get(`${workspaceId} ${sourceId} ${anonymousId}`)
  }

  // Owning

  async join(node: {
    readonly id: string
    readonly delivers: boolean
    readonly leaseMs: number
    readonly alone?: boolean
  }): Promise<void> {
    if (node.alone === true) this.company.clear()
    const { id, delivers, leaseMs } = node
    const now = this.#now()
    this.company.set(id, { delivers, joinedAt: now, until: now + leaseMs })
  }

  async renew({ id, leaseMs }: { readonly id: string; readonly leaseMs: number }) {
    const node = this.company.get(id)
    if (node === undefined) return false
    node.until = this.#now() + leaseMs
    return true
  }

  async retire(nodeId: string): Promise<void> {
    const node = this.company.get(nodeId)
    if (node !== undefined) node.delivers = false
  }

  async leave(nodeId: string): Promise<void> {
    this.company.delete(nodeId)
    this.#hints.delete(nodeId)
  }

  async look(nodeId: string) {
    const now = this.#now()
    for (const [id, { until }] of this.company) if (until <= now) await this.leave(id)
    const nodes = [...this.company].map(([id, { delivers, joinedAt }]) => ({
      id,
      delivers,
      livedMs: now - joinedAt,
    }))
    const hints = this.#hints.get(nodeId)
    this.#hints.delete(nodeId)
    return { nodes, hints }
  }

  async claim(
    accountIds: readonly string[],
    node: { readonly id: string; readonly most: number },
  ): Promise<readonly Lease[]> {
    return accountIds
      .filter((accountId) => {
        const owner = this.leases.get(accountId)?.owner
        return owner === undefined || owner === node.id || !this.company.has(owner)
      })
      .slice(0, node.most)
      .map((accountId) => {
        const before = this.leases.get(accountId)
        const fence = (before?.fence ?? 0) + 1
        const lease = { ...before, owner: node.id, fence }
        this.leases.set(accountId, lease)
        const { budget, budgetAt = 0 } = lease
        const kept = budget === undefined ? {} : { budget, budgetAgeMs: this.#now() - budgetAt }
        const owner = before?.owner
        const orphaned = owner !== undefined && owner !== node.id
        return { accountId, fence, ...kept, ...(orphaned ? { orphaned } : {}) }
      })
  }

  async release(
    accounts: readonly { readonly accountId: string; readonly budget?: string }[],
    nodeId: string,
  ): Promise<void> {
    for (const { accountId, budget } of accounts) {
      const lease = this.leases.get(accountId)
      if (lease?.owner !== nodeId) continue
      lease.owner = undefined
      if (budget !== undefined) this.#keepBudget(lease, budget)
    }
  }

  #keepBudget(lease: LeaseModel, budget: string): void {
    lease.budget = budget
    lease.budgetAt = this.#now()
  }

  async hint(nodeIds: readonly string[], hinted: readonly Hint[]): Promise<void> {
    for (const id of nodeIds) this.#hints.set(id, [...(this.#hints.get(id) ?? []), ...hinted])
  }

  /** When what the node has may be another's. */
  endOf(nodeId: string): number {
    return this.company.get(nodeId)?.until ?? 0
  }

  async adopt(asked: Parameters<Journal['adopt']>[0]): Promise<Adopted[]> {
    return asked
      .filter(({ lease }) => this.leases.get(lease.accountId)?.fence === lease.fence)
      .flatMap(({ lease, cursors }) =>
        cursors.map((key) => {
          const cursor = this.#cursorOf(key)
          cursor.accountId = lease.accountId
          cursor.fence = lease.fence
          const { seq, intent } = cursor
          const { head } = this.laneOf(key)
          const runs = this.#runningOf(key) !== undefined
          const dueAt = runs ? 0 : this.#waiting(key)[0]?.dueAt
          return {
            ...cursor.key,
            seq,
            head,
            ...(intent === undefined ? {} : { intent }),
            ...(dueAt === undefined ? {} : { dueAt }),
          }
        }),
      )
  }

  async intend(
    fence: number,
    key: CursorKey,
    intent: NonNullable<Cursor['intent']>,
  ): Promise<boolean> {
    const cursor = this.#cursorOf(key)
    if (cursor.fence !== fence || cursor.seq >= intent.toSeq) return false
    cursor.intent = intent
    return true
  }

  // Settling

  async settle(settlement: Settlement): Promise<boolean> {
    const { cursor: key, reasons: codes, fence, accountId, fromSeq } = settlement
    const cursor = this.#cursorOf(key)
    if (cursor.fence !== fence || cursor.accountId !== accountId) return false
    if (fromSeq !== undefined && fromSeq !== cursor.seq + 1) return false
    const to = cursor.seq + codes.length
    if (codes.length > 0 && to > this.laneOf(key).head)
      throw new Error(`${key.connectionId} cannot settle ${to}: there is no such event.`)
    const patches = settlement.patches ?? []
    for (const { seq } of patches) {
      if (!cursor.bytes.has(seq) && !(seq > cursor.seq && seq <= to))
        throw new Error(`The outcome of event ${seq} cannot be changed: it has none yet.`)
    }
    for (const [place, code] of codes.entries()) {
      cursor.bytes.set(cursor.seq + 1 + place, code)
      cursor.settledAt.set(cursor.seq + 1 + place, settlement.now)
    }
    for (const { seq, reason } of patches) cursor.bytes.set(seq, reason)
    cursor.seq = to
    if (cursor.intent !== undefined && cursor.intent.toSeq <= to) cursor.intent = undefined
    cursor.attempts.push(...(settlement.attempts ?? []))
    for (const seq of settlement.resolved ?? []) cursor.exceptions.delete(seq)
    for (const one of settlement.exceptions ?? []) cursor.exceptions.set(one.seq, one)
    for (const row of settlement.latest ?? []) this.#putLatest(key, row)
    for (const { id, accepted, later, ended } of settlement.errands ?? []) {
      const errand = this.#errands.find((one) => one.errand.id === id)?.errand
      if (errand === undefined) continue
      errand.accepted += accepted
      errand.later += later
      errand.ended += ended
    }
    const lease = this.leases.get(accountId)
    if (settlement.budget !== undefined && lease?.fence === fence)
      this.#keepBudget(lease, settlement.budget)
    return true
  }

  readonly #latest = new Map<string, LatestRow>()

  #putLatest({ workspaceId, connectionId }: CursorKey, row: LatestRow): void {
    const name = `${workspaceId} ${connectionId} ${row.group} ${row.person}`
    const before = this.#latest.get(name)
    const { person, group, occurredAt } = row
    if (before === undefined || (row.keep !== 'first' && occurredAt > before.occurredAt))
      this.#latest.set(name, { person, group, occurredAt })
  }

  async latest(
    connection: { readonly workspaceId: string; readonly connectionId: string },
    asked: readonly { readonly person: string; readonly group: string }[],
  ): Promise<LatestRow[]> {
    const { workspaceId, connectionId } = connection
    return asked.flatMap(
      ({ person, group }) =>
        this.#latest.get(`${workspaceId} ${connectionId} ${group} ${person}`) ?? [],
    )
  }

  // Exceptions

  #waiting(of: { readonly workspaceId: string; readonly connectionId: string }): Exception[] {
    return [...this.cursors.values()]
      .filter(({ key }) => key.workspaceId === of.workspaceId)
      .filter(({ key }) => key.connectionId === of.connectionId)
      .flatMap(({ exceptions }) => [...exceptions.values()])
      .filter(({ state }) => state !== 'kept')
      .toSorted(
        (a, b) =>
          a.dueAt - b.dueAt || lanes.indexOf(a.lane) - lanes.indexOf(b.lane) || a.seq - b.seq,
      )
  }

  async due(
    connection: { readonly workspaceId: string; readonly connectionId: string },
    now: number,
    limit: number,
  ): Promise<Exception[]> {
    return this.#waiting(connection)
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, limit)
  }

  async nextDue(place: OfConnection): Promise<NextDue> {
    const dueAt = this.#waiting(place)[0]?.dueAt
    const running = this.#runningOf(place)
    return {
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(running === undefined ? {} : { errand: running.errand.act }),
    }
  }

  async replay(key: CursorKey, seqs: readonly number[], now: number): Promise<number> {
    return this.#askAgain(key, [...new Set(seqs)], now)
  }

  /** Every event that was asked for again. */
  readonly asked = new Set<string>()

  #askAgain(key: CursorKey, seqs: readonly number[], now: number, errandId?: string): number {
    const cursor = this.#cursorOf(key)
    let count = 0
    for (const seq of seqs) {
      const byte = cursor.bytes.get(seq)
      const former = cursor.exceptions.get(seq)
      const row = this.laneOf(key).events.get(seq)
      if (byte === undefined || row === undefined) continue
      const ended = byte !== 'exception' && byte !== 'anonymous_waiting'
      if (former === undefined ? !ended : former.state !== 'kept') continue
      this.asked.add(`${key.connectionId} ${key.lane} ${seq}`)
      cursor.exceptions.set(seq, {
        ...cursor.key,
        seq,
        state: 'replay',
        reason: former?.reason ?? byte,
        messageId: row.journaled.messageId,
        tries: 0,
        failures: former?.failures ?? 0,
        dueAt: now,
        firstAt: former?.firstAt ?? now,
        lastAt: former?.lastAt ?? now,
        ...(former?.detail === undefined ? {} : { detail: former.detail }),
        ...(errandId === undefined ? {} : { errandId }),
      })
      count += 1
    }
    if (count > 0) this.config.changed(key.workspaceId)
    return count
  }

  async discard(key: CursorKey, seqs: readonly number[]): Promise<number> {
    const cursor = this.#cursorOf(key)
    const kept = [...new Set(seqs)].filter((seq) => cursor.exceptions.get(seq)?.state === 'kept')
    for (const seq of kept) {
      cursor.exceptions.delete(seq)
      cursor.bytes.set(seq, 'discarded')
    }
    return kept.length
  }

  // Errands

  #errands: ErrandModel[] = []

  #runningOf({ workspaceId, connectionId }: OfConnection): ErrandModel | undefined {
    return this.#errands.find(
      ({ errand }) =>
        errand.workspaceId === workspaceId &&
        errand.connectionId === connectionId &&
        errand.state === 'running',
    )
  }

  #wanted(place: Place, { act, reason }: Pick<Errand, 'act' | 'reason'>): CursorKey[] {
    return lanes.flatMap((lane) => {
      const key = { ...place, lane }
      const { bytes, exceptions } = this.#cursorOf(key)
      return [...bytes]
        .filter(([seq, byte]) => {
          const former = exceptions.get(seq)
          const kept = former?.state === 'kept' && (reason ?? former.reason) === former.reason
          if (act === 'discard' || reason === undefined) return kept
          return kept || (former === undefined && byte === reason)
        })
        .filter(([seq]) => this.laneOf(key).events.has(seq))
        .toSorted(([one], [other]) => one - other)
        .map(([seq]) => ({ ...key, seq }))
    })
  }

  async countFor(place: Place, errand: Pick<Errand, 'act' | 'reason'>): Promise<number> {
    return this.#wanted(place, errand).length
  }

  async begin(place: Place, asked: Pick<Errand, 'id' | 'act' | 'reason'>, now: number) {
    const running = this.#runningOf(place)
    if (running !== undefined) return { errand: { ...running.errand }, begun: false }
    const left = this.#wanted(place, asked) as ErrandModel['left']
    const { workspaceId, connectionId } = place
    const errand: ErrandModel['errand'] = {
      workspaceId,
      connectionId,
      ...asked,
      state: 'running',
      total: left.length,
      taken: 0,
      accepted: 0,
      later: 0,
      ended: 0,
      askedAt: now,
    }
    this.#errands.push({ errand, left })
    return { errand: { ...errand }, begun: true }
  }

  async proceed(place: Place, limit: number, now: number): Promise<boolean> {
    const running = this.#runningOf(place)
    if (running === undefined) return false
    const { errand, left } = running
    const some = left.splice(0, limit)
    for (const { seq, ...key } of some) {
      errand.taken +=
        errand.act === 'discard'
          ? await this.discard(key, [seq])
          : this.#askAgain(key, [seq], now, errand.id)
    }
    const waits = this.#waiting(place).some(({ errandId }) => errandId === errand.id)
    if (left.length === 0 && !waits) {
      errand.state = 'done'
      errand.endedAt = now
    }
    return some.length > 0 || errand.state === 'done'
  }

  async cancel(place: Place, id: string, now: number): Promise<Errand | undefined> {
    const found = this.#errands.find(({ errand }) => errand.id === id)?.errand
    if (found?.connectionId !== place.connectionId) return undefined
    if (found.state === 'running') {
      found.state = 'cancelled'
      found.endedAt = now
    }
    for (const lane of lanes) {
      const { exceptions } = this.#cursorOf({ ...place, lane })
      for (const { errandId, ...one } of exceptions.values()) {
        if (errandId !== id) continue
        if (one.failures === 0) exceptions.delete(one.seq)
        else exceptions.set(one.seq, { ...one, state: 'kept', tries: one.failures, dueAt: 0 })
      }
    }
    return { ...found }
  }

  async errands(place: Place, limit: number): Promise<Errand[]> {
    return this.#errands
      .map(({ errand }) => ({ ...errand }))
      .filter(({ connectionId }) => connectionId === place.connectionId)
      .toReversed()
      .slice(0, limit)
  }

  readonly #notices = new Map<string, { readonly keepMs: number; readonly toldAt: number }>()

  async expireFailed(
    place: Place,
    keepMs: number | undefined,
    now: number,
  ): Promise<Expiry | undefined> {
    const name = `${place.workspaceId} ${place.connectionId}`
    const before = this.#notices.get(name)
    if (keepMs === undefined) {
      this.#notices.delete(name)
      return undefined
    }
    const isTold = before === undefined || before.keepMs > keepMs
    const { toldAt } = isTold ? { toldAt: now } : before
    if (isTold) this.#notices.set(name, { keepMs, toldAt })
    const startsAt = toldAt + noticeMs
    const old = this.#kept(place).filter(({ lastAt }) => lastAt < now - keepMs)
    if (now < startsAt) return { startsAt, isTold, count: old.length, deleted: 0 }
    for (const { lane, seq } of old) {
      const { exceptions, bytes } = this.#cursorOf({ ...place, lane })
      exceptions.delete(seq)
      bytes.set(seq, 'failed_expired')
    }
    return { startsAt, isTold, count: 0, deleted: old.length }
  }

  async failedNotice(place: Place): Promise<number | undefined> {
    const notice = this.#notices.get(`${place.workspaceId} ${place.connectionId}`)
    return notice && notice.toldAt + noticeMs
  }

  async causes(place: Place): Promise<Cause[]> {
    const counts = new Map<ReasonCode, number>()
    for (const { reason } of this.#kept(place)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    return [...counts]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
  }

  async failed(place: Place, reason: ReasonCode, limit: number): Promise<Exception[]> {
    return this.#kept(place)
      .filter((one) => one.reason === reason)
      .toSorted((a, b) => b.lastAt - a.lastAt || b.seq - a.seq)
      .slice(0, limit)
  }

  #kept(place: Place): Exception[] {
    return lanes
      .flatMap((lane) => [...this.#cursorOf({ ...place, lane }).exceptions.values()])
      .filter(({ state }) => state === 'kept')
  }

  // Looking

  async standing(asked: CursorKey) {
    const cursor = this.cursors.get(nameOf(asked))
    const key = keyOf(asked)
    const { head, events } = this.laneOf(key)
    const seq = cursor?.seq ?? head
    const counts: Partial<Record<ReasonCode, number>> = {}
    for (const code of cursor?.bytes.values() ?? []) counts[code] = (counts[code] ?? 0) + 1
    const exceptions = { retry: 0, replay: 0, kept: 0 }
    for (const { state } of cursor?.exceptions.values() ?? []) exceptions[state] += 1
    const oldest = events.get(seq + 1)
    const success = cursor?.attempts.findLast(({ status }) => status >= 200 && status < 300)
    const failure = cursor?.attempts.findLast(({ status }) => status < 200 || status >= 300)
    return {
      ...key,
      seq,
      head,
      waiting: head - seq,
      counts,
      exceptions,
      ...(oldest && { oldestAt: oldest.journaled.receivedAt }),
      ...(success && { lastSuccessAt: success.at + success.durationMs }),
      ...(failure && {
        lastError: {
          at: failure.at + failure.durationMs,
          status: failure.status,
          text: (failure.error ?? failure.response).slice(0, 500),
        },
      }),
    }
  }

  async events(query: Parameters<Journal['events']>[0]): Promise<EventRow[]> {
    const key = { ...query, lane: query.lane ?? ('live' as const) }
    const { head, events } = this.laneOf(key)
    const found: EventRow[] = []
    for (let seq = (query.before ?? head + 1) - 1; seq > 0; seq -= 1) {
      if (found.length >= query.limit) break
      const row = events.get(seq)
      if (row === undefined) continue
      const line = this.#line(key, row)
      if (query.outcome !== undefined && line.outcome !== query.outcome) continue
      if (query.reason !== undefined && line.reason !== query.reason) continue
      if (query.person !== undefined && !isOf(row.journaled.identifiers, query.person)) continue
      found.push(line)
    }
    return found
  }

  async search(query: Parameters<Journal['search']>[0]): ReturnType<Journal['search']> {
    const key = { ...query, lane: query.lane ?? ('live' as const) }
    const { head, events } = this.laneOf(key)
    const top = Math.min(query.before ?? Infinity, head + 1) - 1
    const found: FoundEvent[] = []
    let seq = top
    for (; seq > 0 && found.length < query.limit; seq -= 1) {
      const model = events.get(seq)
      if (model === undefined) continue
      const row = this.#line(key, model)
      const { event, identifiers } = model.journaled
      if (isAskedFor(query, row, model.journaled)) {
        found.push({ ...row, identifiers, body: JSON.stringify(event) })
      }
    }
    return { events: found, looked: top - seq, ...(seq > 0 && { before: seq + 1 }) }
  }

  /** Who says what became of it: the connection, or the newest of those before it that has an answer. */
  #teller(key: CursorKey & Formers, seq: number): string {
    const { connectionId, formers = [] } = key
    const told = [connectionId, ...formers].find((one) => {
      const cursor = this.cursors.get(nameOf({ ...key, connectionId: one }))
      if (cursor === undefined || seq > cursor.seq) return true
      return cursor.bytes.has(seq) || cursor.exceptions.has(seq)
    })
    return told ?? connectionId
  }

  #line(key: CursorKey & Formers, { journaled, type, guest }: EventModel): EventRow {
    const { workspaceId, sourceId, lane, seq, messageId, name, identifiers } = journaled
    const connectionId = this.#teller(key, seq)
    const cursor = this.cursors.get(nameOf({ ...key, connectionId }))
    const exception = cursor?.exceptions.get(seq)
    let reason = exception?.reason ?? cursor?.bytes.get(seq)
    if (reason === undefined && cursor !== undefined && seq <= cursor.seq) reason = 'before_go_live'
    const outcome =
      exception?.state === 'replay'
        ? 'retrying'
        : reason === undefined
          ? 'waiting'
          : reasons[reason].outcome
    const { email, phone, externalId, anonymousId } = identifiers
    const person =
      email !== undefined
        ? `email:${email}`
        : phone === undefined
          ? `id:${externalId}`
          : `phone:${phone}`
    return {
      workspaceId,
      sourceId,
      lane,
      seq,
      messageId,
      type,
      name,
      occurredAt: journaled.occurredAt,
      receivedAt: journaled.receivedAt,
      ...(guest ? {} : { person }),
      ...(anonymousId === undefined ? {} : { anonymousId }),
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(connectionId === key.connectionId ? {} : { formerId: connectionId }),
    }
  }

  async story(query: Parameters<Journal['story']>[0]) {
    const seen = this.#seen.get(`${query.workspaceId} ${query.sourceId} ${query.messageId}`)
    if (seen === undefined) return undefined
    const key = { ...query, lane: seen.lane }
    const row = this.laneOf(key).events.get(seen.seq)
    if (row === undefined) return undefined
    const connectionId = this.#teller(key, seen.seq)
    const cursor = this.cursors.get(nameOf({ ...key, connectionId }))
    const exception = cursor?.exceptions.get(seen.seq)
    return {
      ...this.#line(key, row),
      body: row.body,
      identifiers: row.journaled.identifiers,
      attempts: (cursor?.attempts ?? [])
        .filter(({ fromSeq, toSeq, seqs }) =>
          seqs === undefined ? fromSeq <= seen.seq && seen.seq <= toSeq : seqs.includes(seen.seq),
        )
        .toSorted((a, b) => a.at - b.at)
        .slice(-50),
      ...(exception === undefined ? {} : { exception }),
    }
  }

  async exchanges({ workspaceId, limit }: Parameters<Journal['exchanges']>[0]) {
    return [...this.cursors.values()]
      .filter((cursor) => cursor.key.workspaceId === workspaceId)
      .flatMap(({ key, attempts }) =>
        attempts.map((one) => ({ ...one, connectionId: key.connectionId })),
      )
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit)
  }

  async refusedCounts(workspaceId: string): Promise<Partial<Record<ReasonCode, number>>> {
    const counts: Partial<Record<ReasonCode, number>> = {}
    for (const { reason } of this.#refused.filter((one) => one.workspaceId === workspaceId))
      counts[reason] = (counts[reason] ?? 0) + 1
    return counts
  }

  async refusedNewest(workspaceId: string, limit: number): Promise<Refused[]> {
    return this.#refused
      .filter((one) => one.workspaceId === workspaceId)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limit)
  }

  async retain({ now, bodyMs, attemptMs, seenMs }: Parameters<Journal['retain']>[0]) {
    const guestsSince = now - 30 * 86_400_000
    for (const {
      id: connectionId,
      sourceId,
      workspaceId,
      state,
    } of await this.config.connections())
      if (state === 'disconnected') await this.endGuests({ workspaceId, sourceId, connectionId })
    for (const [name, rows] of this.#lanes) {
      const cursors = [...this.cursors.values()].filter(({ key }) => laneNameOf(key) === name)
      for (const { bytes } of cursors) {
        for (const [seq, byte] of bytes) {
          const at = rows.events.get(seq)?.journaled.receivedAt ?? 0
          if (byte === 'anonymous_waiting' && at <= guestsSince) bytes.set(seq, 'anonymous_expired')
        }
      }
      for (const [seq, { journaled }] of rows.events) {
        const needed =
          journaled.receivedAt >= now - bodyMs ||
          cursors.some(
            (cursor) =>
              seq > cursor.seq ||
              (cursor.settledAt.get(seq) ?? 0) >= now - bodyMs ||
              cursor.exceptions.has(seq) ||
              cursor.bytes.get(seq) === 'anonymous_waiting',
          )
        if (!needed) rows.events.delete(seq)
      }
    }
    for (const [key, { at }] of this.#seen) if (at < now - seenMs) this.#seen.delete(key)
    for (const cursor of this.cursors.values())
      cursor.attempts = cursor.attempts.filter(({ at }) => at >= now - attemptMs)
    this.#refused = this.#refused.filter(({ at }) => at >= now - bodyMs)
  }

  // What it holds

  laneOf(at: At): LaneModel {
    const name = laneNameOf(at)
    let rows = this.#lanes.get(name)
    if (rows === undefined) {
      rows = { head: 0, events: new Map() }
      this.#lanes.set(name, rows)
    }
    return rows
  }

  /** Starts after what is there by then. */
  #cursorOf(key: CursorKey): CursorModel {
    const name = nameOf(key)
    let cursor = this.cursors.get(name)
    if (cursor === undefined) {
      const { head: seq } = this.laneOf(key)
      cursor = {
        key: keyOf(key),
        seq,
        start: seq,
        intent: undefined,
        fence: 0,
        accountId: '',
        bytes: new Map(),
        settledAt: new Map(),
        exceptions: new Map(),
        attempts: [],
      }
      this.cursors.set(name, cursor)
    }
    return cursor
  }
}

interface At {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
}

interface EventModel {
  readonly journaled: Journaled
  readonly type: string
  readonly body: string
  /** Nobody knew who it was when it came. */
  readonly guest: boolean
}

interface LaneModel {
  head: number
  readonly events: Map<number, EventModel>
}

interface LeaseModel {
  owner: string | undefined
  readonly fence: number
  budget?: string
  budgetAt?: number
}

type OfConnection = Pick<Place, 'workspaceId' | 'connectionId'>

interface ErrandModel {
  readonly errand: { -readonly [Name in keyof Errand]: Errand[Name] }
  readonly left: (CursorKey & { readonly seq: number })[]
}

export interface CursorModel {
  readonly key: CursorKey
  seq: number
  /** Where it began. */
  readonly start: number
  intent: Cursor['intent'] | undefined
  fence: number
  accountId: string
  readonly bytes: Map<number, ReasonCode>
  readonly settledAt: Map<number, number>
  readonly exceptions: Map<number, Exception>
  attempts: Attempt[]
}

/** The configuration beside it. `added` is told of a new connection. */
export class ModelConfig implements Config {
  readonly #added: (connection: Connection) => void
  readonly #workspaces: Workspace[] = []
  readonly #stores: StoreRow[] = []
  readonly #sources: SourceRow[] = []
  readonly #destinations = new Map<string, DestinationRow>()
  readonly #connections = new Map<string, Connection>()
  readonly #versions = new Map<string, Settings>()
  readonly #changes = new Map<string, number>()

  constructor(added: (connection: Connection) => void) {
    this.#added = added
  }

  async sourceOfKey(writeKey: string): Promise<SourceRow | undefined> {
    return this.#sources.find((source) => source.writeKey === writeKey)
  }

  async workspaces(): Promise<Workspace[]> {
    return [...this.#workspaces]
  }

  async stores(workspaceId: string): Promise<StoreRow[]> {
    return this.#stores.filter((store) => store.workspaceId === workspaceId)
  }

  async sources(workspaceId?: string): Promise<SourceRow[]> {
    return this.#sources.filter(ofWorkspace(workspaceId))
  }

  async destinations(workspaceId?: string): Promise<DestinationRow[]> {
    return [...this.#destinations.values()].filter(ofWorkspace(workspaceId))
  }

  async changeSource(): Promise<void> {
    throw new Error('No browser comes in this world.')
  }

  async connections(workspaceId?: string): Promise<Connection[]> {
    return [...this.#connections.values()].filter(ofWorkspace(workspaceId))
  }

  async changes(): Promise<Change[]> {
    return [...this.#changes].map(([workspaceId, number]) => ({ workspaceId, number, at: 0 }))
  }

  changed(workspaceId: string): void {
    this.#changes.set(workspaceId, (this.#changes.get(workspaceId) ?? 0) + 1)
  }

  async settingsAt(
    _workspaceId: string,
    connectionId: string,
    version: number,
  ): Promise<Settings | undefined> {
    return this.#versions.get(`${connectionId} ${version}`)
  }

  async addWorkspace(workspace: Workspace): Promise<void> {
    this.#workspaces.push(workspace)
  }

  async addStore(store: StoreRow): Promise<void> {
    this.#stores.push({ ...store, timeZone: store.timeZone ?? 'UTC' })
  }

  async addSource(source: SourceRow): Promise<void> {
    if (this.#sources.some(({ writeKey }) => writeKey === source.writeKey))
      throw new Error('Another source has this write key.')
    this.#sources.push(source)
  }

  async addDestination(destination: DestinationRow): Promise<void> {
    this.#destinations.set(destination.id, destination)
    this.changed(destination.workspaceId)
  }

  async addConnection(connection: Omit<Connection, 'version'>): Promise<void> {
    const first = { ...connection, version: 1 }
    this.#connections.set(connection.id, first)
    this.#versions.set(`${connection.id} 1`, connection.settings)
    this.#added(first)
    this.changed(connection.workspaceId)
  }

  async changeSettings(
    workspaceId: string,
    connectionId: string,
    given: Settings,
  ): Promise<number> {
    const settings = settingsOf(given.preset, given)
    const connection = this.#connectionOf(connectionId)
    const version = connection.version + 1
    this.#connections.set(connectionId, { ...connection, settings, version })
    this.#versions.set(`${connectionId} ${version}`, settings)
    this.changed(workspaceId)
    return version
  }

  async changeState(
    workspaceId: string,
    connectionId: string,
    state: Connection['state'],
  ): Promise<void> {
    this.#connections.set(connectionId, { ...this.#connectionOf(connectionId), state })
    this.changed(workspaceId)
  }

  async markDestination(
    workspaceId: string,
    destinationId: string,
    error: DestinationRow['error'],
  ): Promise<void> {
    const { error: _, ...row } = this.#destinationOf(destinationId)
    this.#destinations.set(
      destinationId,
      error === undefined ? { ...row, state: 'connected' } : { ...row, state: 'error', error },
    )
    this.changed(workspaceId)
  }

  async changeSecret(workspaceId: string, destinationId: string, secret: string): Promise<void> {
    this.#destinations.set(destinationId, { ...this.#destinationOf(destinationId), secret })
    this.changed(workspaceId)
  }

  #connectionOf(id: string): Connection {
    const connection = this.#connections.get(id)
    if (connection === undefined) throw new Error(`There is no connection ${id}.`)
    return connection
  }

  #destinationOf(id: string): DestinationRow {
    const destination = this.#destinations.get(id)
    if (destination === undefined) throw new Error(`There is no destination ${id}.`)
    return destination
  }
}

function ofWorkspace(wanted: string | undefined) {
  return ({ workspaceId }: { readonly workspaceId: string }) =>
    wanted === undefined || workspaceId === wanted
}

interface Known {
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly externalId?: string | undefined
}

function isKnown({ email, phone, externalId }: Known): boolean {
  return (email ?? phone ?? externalId) !== undefined
}

function completed(one: Known, other: Known): Known {
  return {
    email: one.email ?? other.email,
    phone: one.phone ?? other.phone,
    externalId: one.externalId ?? other.externalId,
  }
}

/** Two people who share a browser are not mixed. */
function differ(one: Known, other: Known): boolean {
  for (const part of ['externalId', 'email', 'phone'] as const) {
    if (one[part] !== undefined && other[part] !== undefined) return one[part] !== other[part]
  }
  return false
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function laneNameOf({ workspaceId, sourceId, lane }: At): string {
  return `${workspaceId} ${sourceId} ${lane}`
}

function keyOf({ workspaceId, connectionId, sourceId, lane }: CursorKey): CursorKey {
  return { workspaceId, connectionId, sourceId, lane }
}

function nameOf({ workspaceId, connectionId, lane }: CursorKey): string {
  return `${workspaceId} ${connectionId} ${lane}`
}

function orderOf({ properties }: Event): string | undefined {
  const id = properties?.['order_id']
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

function isAskedFor(query: EventQuery, row: EventRow, { event, identifiers }: Journaled): boolean {
  const { outcome, reason, person, names, order, test, from = 0, until = Infinity } = query
  const { inTurn = outcome === 'waiting' && reason === undefined } = query
  const isInTurn = row.outcome === 'waiting' && row.reason === undefined
  const isOutcome =
    isInTurn && (outcome !== undefined || reason !== undefined)
      ? inTurn
      : (outcome ?? row.outcome) === row.outcome && (reason ?? row.reason) === row.reason
  return (
    isOutcome &&
    row.receivedAt >= from &&
    row.receivedAt < until &&
    (person === undefined || isOf(identifiers, person)) &&
    (names === undefined || names.some((name) => sameName(name) === sameName(row.name))) &&
    (order === undefined || orderOf(event) === order) &&
    (test === undefined || (event.context?.['test'] === true) === test)
  )
}

function isOf(
  { email, phone, externalId, anonymousId }: Identifiers,
  person: string | readonly string[],
): boolean {
  const names = [`email:${email}`, `phone:${phone}`, `id:${externalId}`, `anonymous:${anonymousId}`]
  return [person].flat().some((one) => names.includes(one))
}
