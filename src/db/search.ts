import {
  type CursorKey,
  type EventQuery,
  type EventRow,
  type ReasonCode,
  reasons,
  sameName,
} from '../core/index.ts'
import { findCursor } from './cursor.ts'
import { findInDays, type Stretch, stretchesFrom } from './day.ts'
import { headOf } from './event.ts'
import { countExceptions } from './exception-count.ts'
import { hashBytes, hashOf } from './hash.ts'
import { beginOf } from './ledger.ts'
import { blockEvents, blockOf, type Field, isTest, orderIn, outlinedIn } from './outline.ts'
import type { Sql, Value } from './sql.ts'
import {
  type Row,
  rowColumns,
  type Status,
  statusOf,
  type StatusOf,
  type Told,
  withStatus,
} from './status.ts'
import { together } from './together.ts'

/** An event that was found; the body where it was asked for. */
type Found = EventRow & { readonly identifiers: string; readonly body?: string }

/** `before` undefined: the search is done. */
export interface Step {
  readonly rows: readonly Found[]
  readonly before: number | undefined
  readonly looked: number
  /** Full blocks have no outline yet. */
  readonly isBehind?: boolean
}

type Looked = Row & { readonly identifiers: string; readonly body: string | null }

/** One of these has to be so; what the outline says and the event itself. */
interface Wish {
  readonly any: readonly (readonly [field: Field, text: string])[]
  fits(row: Looked): boolean
}

/** How many numbers one step passes over at most: by outlines, of which that is 256. */
const spanEvents = 256 * blockEvents
/** What has no outline is read so many at a time. */
const scanRows = 1024
const mostChunkRows = 128

/**
 * One step of a search, newest first. Steps are short, so that a search for what is rare keeps nobody else
 * waiting. It jumps to the newest block that may hold what is asked for, by outlines, the ledger and the
 * exceptions; there it reads the events that may be meant.
 */
export async function searchStep(
  sql: Sql,
  query: EventQuery,
  bodies: boolean,
  { head, outlined }: Bounds,
): Promise<Step> {
  const key = keyOf(query)
  const top = Math.min(query.before ?? Infinity, head + 1) - 1
  if (top < 1) return { rows: [], before: undefined, looked: 0 }
  const wishes = wishesOf(query)
  const wanted = wantedOf(query)
  const isTimed = query.from !== undefined || query.until !== undefined
  const isPlain = wishes.length === 0 && wanted === undefined && !isTimed
  if (isPlain && query.test !== false) {
    const rows = await newest(sql, key, { from: 1, to: top, limit: query.limit }, bodies)
    const before = rows.length < query.limit ? undefined : rows.at(-1)?.seq
    return { rows: await told(sql, key, rows), before, looked: rows.length }
  }

  const isBehind = head - outlined.last >= blockEvents
  const floor = Math.max(0, top - spanEvents)
  const place: Place = { sql, key, outlined, floor }
  const at = await reach(place, query, wishes, wanted, top)
  if (at <= floor) return { ...stepTo(floor, top, []), isBehind }

  const isOutlined = at >= outlined.first && at <= outlined.last
  const range = { from: Math.max(isOutlined ? blockOf(at) : 1, floor + 1), to: at }
  const fits = (row: Looked) =>
    isBetween(row.receivedAt, query) &&
    wishes.every((wish) => wish.fits(row)) &&
    (query.test !== false || !isTest(row.body ?? ''))
  const isBodyNeeded = query.order !== undefined || query.test !== undefined
  const areMissing = bodies && !isBodyNeeded
  const isTimeAlone = isTimed && wishes.length === 0 && wanted === undefined
  if (isTimeAlone || (!isOutlined && wishes.length > 0)) {
    const from = at > outlined.last ? Math.max(range.from, outlined.last + 1) : range.from
    const { from: since, until } = query
    const scan = { from, to: at, limit: scanRows, since, until }
    const scanned = await newest(sql, key, scan, isBodyNeeded)
    const candidates = await withWanted(sql, key, scanned.filter(fits), wanted)
    const rows = candidates.slice(0, query.limit)
    const end = scanned.length < scanRows ? from : scanned.at(-1)!.seq
    const down = candidates.length > query.limit ? rows.at(-1)!.seq : end
    const found = await withBodies(sql, key, rows, areMissing)
    return { ...stepTo(down - 1, top, found), isBehind }
  }

  const from = isOutlined ? range.from : Math.max(range.from, at - blockEvents + 1)
  const { seqs, status } = await seqsIn(place, { from, to: at }, isOutlined ? wishes : [], wanted)
  const rows: Looked[] = []
  // Nearly all of them fit: they are read with their bodies at once, and one more than is asked for.
  const chunkRows = Math.min(query.limit + 1, mostChunkRows)
  for (let start = 0; start < seqs.length; start += chunkRows) {
    const some = seqs.slice(start, start + chunkRows)
    const read = await rowsOf(sql, key, some, bodies || isBodyNeeded)
    for (const row of read) if (fits(row)) rows.push(row)
    if (rows.length > query.limit) break
  }
  const shown = rows.slice(0, query.limit)
  const down = rows.length > query.limit ? shown.at(-1)!.seq : from
  return { ...stepTo(down - 1, top, await told(sql, key, shown, status)), isBehind }
}

/** What a lane holds, as the steps of one search take it. */
export interface Bounds {
  readonly head: number
  /** The numbers that have an outline. */
  readonly outlined: { readonly first: number; readonly last: number }
}

export async function boundsOf(sql: Sql, query: EventQuery): Promise<Bounds> {
  const key = keyOf(query)
  const [head, outlined] = await together([headOf(sql, key), outlinedIn(sql, key)])
  return { head, outlined }
}

function keyOf(query: EventQuery): Told {
  return { ...query, lane: query.lane ?? 'live' }
}

function stepTo(down: number, top: number, rows: readonly Found[]): Step {
  return { rows, before: down > 0 ? down + 1 : undefined, looked: top - down }
}

interface Place extends Pick<Bounds, 'outlined'> {
  readonly sql: Sql
  readonly key: Told
  /** The step ends there. */
  readonly floor: number
}

/** The newest number up to `top` that may be meant by all that is asked for; the floor: there is none. */
async function reach(
  place: Place,
  query: EventQuery,
  wishes: readonly Wish[],
  wanted: Wanted | undefined,
  top: number,
): Promise<number> {
  const isTimed = query.from !== undefined || query.until !== undefined
  const asked = wishes.length + (isTimed ? 1 : 0) + (wanted === undefined ? 0 : 1)
  let at = top
  for (;;) {
    let next = at
    if (isTimed) next = await reachTime(place, query, next)
    for (const { any } of wishes) {
      const each = await Promise.all(
        any.map(([field, text]) => reachField(place, field, text, next)),
      )
      next = Math.max(place.floor, ...each)
    }
    if (wanted !== undefined) next = await reachStatus(place, wanted, next)
    if (next <= place.floor) return place.floor
    // What the one thing asked for says holds; several have to agree.
    if (next === at || asked === 1) return next
    at = next
  }
}

/** Whether an outline can say anything of that number. */
function isSilent({ outlined: { first, last } }: Place, at: number): boolean {
  return at > last || at < first
}

async function reachField(place: Place, field: Field, text: string, at: number): Promise<number> {
  if (isSilent(place, at)) return at
  const { sql, key, floor, outlined } = place
  const [row] = await sql.query<{ seq: number }>(
    `select from_seq as seq
       from outline
      where workspace_id = $1 and source_id = $2 and lane = $3 and field = $4
        and from_seq <= $5 and from_seq > $6 and ${sql.holds('hashes', '$7')}
      order by from_seq desc
      limit 1`,
    [...placeOf(key), field, at, floor - blockEvents, hashBytes(hashOf(text))],
  )
  return reached(place, at, row, Math.max(floor, outlined.first - 1))
}

async function reachTime(
  place: Place,
  { from = 0, until = Number.MAX_SAFE_INTEGER }: EventQuery,
  at: number,
): Promise<number> {
  if (isSilent(place, at)) return at
  const { sql, key, floor, outlined } = place
  const [row] = await sql.query<{ seq: number }>(
    `select from_seq as seq
       from outline
      where workspace_id = $1 and source_id = $2 and lane = $3 and field = 'name'
        and from_seq <= $4 and from_seq > $5 and oldest_at < $6 and newest_at >= $7
      order by from_seq desc
      limit 1`,
    [...placeOf(key), at, floor - blockEvents, until, from],
  )
  return reached(place, at, row, Math.max(floor, outlined.first - 1))
}

function reached(
  { floor }: Place,
  at: number,
  row: { readonly seq: number } | undefined,
  none: number,
): number {
  return row === undefined ? none : Math.max(floor, Math.min(at, row.seq + blockEvents - 1))
}

/** What became of an event, as it is asked for. */
interface Wanted {
  readonly codes: readonly ReasonCode[]
  readonly bytes: readonly number[]
  readonly inTurn: boolean
  fits(status: Status): boolean
}

function wantedOf({ outcome, reason, inTurn }: EventQuery): Wanted | undefined {
  if (outcome === undefined && reason === undefined) return undefined
  const isTurn = inTurn ?? (outcome === 'waiting' && reason === undefined)
  const codes = (Object.keys(reasons) as ReasonCode[]).filter(
    (code) =>
      code === (reason ?? code) && reasons[code].outcome === (outcome ?? reasons[code].outcome),
  )
  return {
    codes,
    bytes: codes.map((code) => reasons[code].number),
    inTurn: isTurn,
    fits: (status) =>
      status.outcome === 'waiting' && status.reason === undefined
        ? isTurn
        : (outcome ?? status.outcome) === status.outcome &&
          (reason ?? status.reason) === status.reason,
  }
}

/** By the cursor, the ledger and the exceptions; where it came before the connection, by those of who had it then. */
async function reachStatus(place: Place, wanted: Wanted, at: number): Promise<number> {
  const { sql, key, floor } = place
  const { formers = [] } = key
  const mayBeBefore = wanted.codes.includes('before_go_live')
  let found = await reachOwn(place, wanted, at)
  if (formers.length === 0 && !mayBeBefore) return found
  let top = Math.min(at, (await beginOf(sql, key)) - 1)
  for (const connectionId of formers) {
    if (found >= top) return found
    const theirs = { ...key, connectionId }
    found = Math.max(found, await reachOwn({ ...place, key: theirs }, wanted, top))
    top = Math.min(top, (await beginOf(sql, theirs)) - 1)
  }
  return mayBeBefore ? Math.max(floor, found, top) : found
}

async function reachOwn(place: Place, wanted: Wanted, at: number): Promise<number> {
  const { sql, key, floor } = place
  // First: what the ledger says afterwards reaches at least as far.
  const cursor = await findCursor(sql, key)
  if (cursor === undefined || at > cursor.seq) {
    if (wanted.inTurn) return at
    if (cursor === undefined) return floor
  }
  const [byLedger, byException] = await together([
    reachLedger(place, wanted, Math.min(at, cursor.seq)),
    reachException(place, wanted, at),
  ])
  return Math.max(floor, byLedger, byException)
}

async function reachLedger(
  { sql, key, floor }: Place,
  { bytes }: Wanted,
  at: number,
): Promise<number> {
  if (bytes.length === 0) return floor
  const any = bytes.map((_, place) => sql.holds('outcomes', `$${place + 6}`)).join(' or ')
  const [row] = await sql.query<{ to: number }>(
    `select to_seq as "to"
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3
        and from_seq <= $4 and from_seq > $5 and (${any})
      order by from_seq desc
      limit 1`,
    [
      key.workspaceId,
      key.connectionId,
      key.lane,
      at,
      floor - blockEvents,
      ...bytes.map((byte) => Uint8Array.of(byte)),
    ],
  )
  return row === undefined ? floor : Math.max(floor, Math.min(at, row.to))
}

async function reachException(
  { sql, key, floor }: Place,
  { codes }: Wanted,
  at: number,
): Promise<number> {
  const where = [key.workspaceId, key.connectionId, key.lane]
  const [kept, { retry, replay }] = await together([
    sql.find<{ seq: number }>(
      `select seq
         from exception
        where workspace_id = $1 and connection_id = $2 and lane = $3 and reason = $4 and state = 'kept'
          and seq <= $5
        order by seq desc
        limit 1`,
      codes.map((code) => [...where, code, at]),
    ),
    countExceptions(sql, key),
  ])
  // What is tried again may be told as something else than its reason says.
  const [due] =
    retry + replay === 0
      ? []
      : await sql.query<{ seq: number }>(
          `select seq
             from exception
            where workspace_id = $1 and connection_id = $2 and lane = $3 and state <> 'kept'
              and seq <= $4
            order by seq desc
            limit 1`,
          [...where, at],
        )
  return Math.max(floor, ...[...kept, due].map((row) => row?.seq ?? 0))
}

/**
 * The numbers of a range that may be meant, newest first, and what became of each where that was asked. Reads outline
 * and ledger, not the events.
 */
async function seqsIn(
  { sql, key }: Place,
  { from, to }: Pick<Stretch, 'from' | 'to'>,
  wishes: readonly Wish[],
  wanted: Wanted | undefined,
): Promise<{ readonly seqs: readonly number[]; readonly status?: StatusOf | undefined }> {
  const [columns, status] = await together([
    columnsAt(sql, key, blockOf(from), wishes),
    wanted === undefined ? undefined : statusOf(sql, key, from, to),
  ])
  const begin = blockOf(from)
  const meant = wishes.map(({ any }) =>
    any.map(([field, text]) => [columns.get(field), hashOf(text)] as const),
  )
  const seqs: number[] = []
  for (let seq = to; seq >= from; seq -= 1) {
    const isMeant = meant.every((any) =>
      any.some(([column, hash]) => column !== undefined && column[seq - begin] === hash),
    )
    if (isMeant && (status === undefined || wanted!.fits(status(seq)))) seqs.push(seq)
  }
  return { seqs, status }
}

async function columnsAt(
  sql: Sql,
  key: CursorKey,
  from: number,
  wishes: readonly Wish[],
): Promise<ReadonlyMap<Field, Uint32Array>> {
  if (wishes.length === 0) return new Map()
  const names = [...new Set(wishes.flatMap(({ any }) => any.map(([field]) => field)))]
  const found = await sql.find<{ hashes: Uint8Array }>(
    `select hashes
       from outline
      where workspace_id = $1 and source_id = $2 and lane = $3 and field = $4 and from_seq = $5`,
    names.map((name) => [...placeOf(key), name, from]),
  )
  const columns = new Map<Field, Uint32Array>()
  for (const [place, row] of found.entries()) {
    // Copied: what a driver gives may begin anywhere.
    if (row !== undefined) columns.set(names[place]!, new Uint32Array(row.hashes.slice().buffer))
  }
  return columns
}

function wishesOf({ person, names, order, test }: EventQuery): readonly Wish[] {
  const wishes: Wish[] = []
  if (person !== undefined) {
    const any = [person].flat().flatMap((one) => personIn(one))
    wishes.push({ any, fits: ({ identifiers }) => any.some((one) => isIn(identifiers, one)) })
  }
  if (names !== undefined) {
    const same = new Set(names.map(sameName))
    wishes.push({
      any: Array.from(same, (name) => ['name', name] as const),
      fits: ({ name }) => same.has(sameName(name)),
    })
  }
  if (order !== undefined)
    wishes.push({ any: [['order', order]], fits: ({ body }) => orderIn(body ?? '') === order })
  if (test === true)
    wishes.push({ any: [['test', 'true']], fits: ({ body }) => isTest(body ?? '') })
  return wishes
}

const personFields = new Map<string, readonly [Field, string]>([
  ['email', ['email', 'email']],
  ['phone', ['phone', 'phone']],
  ['id', ['id', 'externalId']],
  ['anonymous', ['anonymous', 'anonymousId']],
])

function personIn(person: string): (readonly [Field, string])[] {
  const kind = person.slice(0, person.indexOf(':'))
  const [field] = personFields.get(kind) ?? []
  return field === undefined ? [] : [[field, person.slice(kind.length + 1)]]
}

function isIn(identifiers: string, [field, text]: readonly [Field, string]): boolean {
  const [, name] = personFields.get(field)!
  return (JSON.parse(identifiers) as Readonly<Record<string, unknown>>)[name] === text
}

function isBetween(
  receivedAt: number,
  { from = 0, until = Number.MAX_SAFE_INTEGER }: EventQuery,
): boolean {
  return receivedAt >= from && receivedAt < until
}

async function withWanted(
  sql: Sql,
  key: Told,
  rows: readonly Looked[],
  wanted: Wanted | undefined,
): Promise<readonly Looked[]> {
  const [first, last] = [rows[0], rows.at(-1)]
  if (wanted === undefined || first === undefined || last === undefined) return rows
  const status = await statusOf(sql, key, last.seq, first.seq)
  return rows.filter(({ seq }) => wanted.fits(status(seq)))
}

async function withBodies(
  sql: Sql,
  key: Told,
  rows: readonly Looked[],
  isMissing: boolean,
): Promise<readonly Found[]> {
  const seqs = rows.map(({ seq }) => seq)
  return told(sql, key, isMissing ? await rowsOf(sql, key, seqs, true) : rows)
}

async function told(
  sql: Sql,
  key: Told,
  rows: readonly Looked[],
  known?: StatusOf,
): Promise<readonly Found[]> {
  const status = await withStatus(sql, key, rows, known)
  return status.map((row, place) => {
    const { identifiers, body } = rows[place]!
    return { ...row, identifiers, ...(body === null ? {} : { body }) }
  })
}

function placeOf(key: CursorKey): readonly Value[] {
  return [key.workspaceId, key.sourceId, key.lane]
}

function columnsWith(bodies: boolean): string {
  return `${rowColumns}, identifiers, ${bodies ? 'body' : 'null as body'}`
}

async function rowsOf(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
  bodies: boolean,
): Promise<readonly Looked[]> {
  const found = await findInDays<Looked>(
    sql,
    `select ${columnsWith(bodies)}
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    seqs.map((seq) => ({ ...key, seq })),
  )
  return found.filter((row) => row !== undefined)
}

interface Scan {
  /** Numbers. */
  readonly from: number
  readonly to: number
  readonly limit: number
  /** When they were received. */
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** Asks for one day after the other, the newest first, until there are enough. */
async function newest(
  sql: Sql,
  key: CursorKey,
  { from, to, limit, since = 0, until = Number.MAX_SAFE_INTEGER }: Scan,
  bodies: boolean,
): Promise<readonly Looked[]> {
  const rows: Looked[] = []
  for (const stretch of (await stretchesFrom(sql, key, from)).toReversed()) {
    if (rows.length >= limit) break
    const first = Math.max(from, stretch.from)
    const last = Math.min(to, stretch.to)
    if (first > last) continue
    rows.push(
      ...(await sql.query<Looked>(
        `select ${columnsWith(bodies)}
           from event
          where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
            and seq between $5 and $6 and received_at >= $8 and received_at < $9
          order by seq desc
          limit $7`,
        [...placeOf(key), stretch.day, first, last, limit - rows.length, since, until],
      )),
    )
  }
  return rows
}
