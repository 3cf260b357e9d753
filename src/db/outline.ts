import { type Event, type Identifiers, objectOf, sameName, textOf } from '../core/index.ts'
import { breath } from './breath.ts'
import { stretchesFrom } from './day.ts'
import { type At, headOf } from './event.ts'
import type { Group } from './group.ts'
import { hashOf } from './hash.ts'
import type { Sql, Value } from './sql.ts'

/**
 * Events have no index but their numbers: one for each way of looking would cost every append dearly. Instead
 * a search looks through outlines, a thousandth of what the events take, and then reads the few that fit. They
 * are made when a block of numbers is full, away from the append, and hold from the first block to the last
 * without a gap; what is outside of them is looked through itself.
 */

export const blockEvents = 4096

export type Field = 'name' | 'email' | 'phone' | 'id' | 'anonymous' | 'order' | 'test'

/** An event's number, and what can be asked of it. */
interface Outlined {
  readonly seq: number
  readonly name: string
  readonly identifiers: string
  readonly receivedAt: number
  readonly body: string
}

export function blockOf(seq: number): number {
  return Math.floor((seq - 1) / blockEvents) * blockEvents + 1
}

export function isTest(body: string): boolean {
  return body.includes('"test":true') && (JSON.parse(body) as Event).context?.['test'] === true
}

/** The number that the shop gave its order. */
export function orderIn(body: string): string | undefined {
  if (!body.includes('"order')) return undefined
  const { properties, traits } = JSON.parse(body) as Event
  const found = [properties, objectOf(properties?.['order']), traits]
    .flatMap((one) => [one?.['order_id'], one?.['orderId'], one?.['order_number']])
    .find((one) => textOf(one) !== undefined)
  return textOf(found)
}

/** Makes the outlines of blocks that are full, one after the other. */
export class Outliner {
  readonly #sql: Sql
  readonly #group: Group
  readonly #asked = new Map<string, At>()
  #isRunning = false

  constructor(sql: Sql, group: Group) {
    this.#sql = sql
    this.#group = group
  }

  /** Of a lane that has a full block more. */
  want(at: At): void {
    const { workspaceId, sourceId, lane } = at
    this.#asked.set(`${workspaceId} ${sourceId} ${lane}`, { workspaceId, sourceId, lane })
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (const [name, at] of this.#asked) {
      this.#asked.delete(name)
      // Without it a search takes longer, and the next full block asks for it again.
      await this.#bringUp(at).catch(() => undefined)
    }
    this.#isRunning = false
  }

  async #bringUp(at: At): Promise<void> {
    const { last } = await outlinedIn(this.#sql, at)
    let from = last === 0 ? await firstBlock(this.#sql, at) : last + 1
    const head = await headOf(this.#sql, at)
    while (from !== undefined && from + blockEvents - 1 <= head) {
      const start = performance.now()
      const rows = await outlineOf(this.#sql, at, from)
      await this.#group.write((tx) => addOutline(tx, rows))
      from += blockEvents
      // Many may be missing: others have at least as much of the database's time.
      await rest(performance.now() - start)
    }
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

/** The numbers that have an outline; 0 and 0: none. */
export async function outlinedIn(
  sql: Sql,
  { workspaceId, sourceId, lane }: At,
): Promise<{ readonly first: number; readonly last: number }> {
  const [row] = await sql.query<{ first: number | null; last: number | null }>(
    `select min(from_seq) as first, max(from_seq) as last
       from outline
      where workspace_id = $1 and source_id = $2 and lane = $3 and field = 'name'`,
    [workspaceId, sourceId, lane],
  )
  if (typeof row?.first !== 'number' || typeof row.last !== 'number') return { first: 0, last: 0 }
  return { first: row.first, last: row.last + blockEvents - 1 }
}

/** Those of events that are gone. */
export async function dropOutlines(sql: Sql, at: At, before: number): Promise<void> {
  await sql.query(
    `delete from outline
      where workspace_id = $1 and source_id = $2 and lane = $3 and newest_at < $4`,
    [at.workspaceId, at.sourceId, at.lane, before],
  )
}

async function firstBlock(sql: Sql, at: At): Promise<number | undefined> {
  for (const { day } of await stretchesFrom(sql, at, 1)) {
    const [row] = await sql.query<{ seq: number }>(
      `select seq
         from event
        where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
        order by seq
        limit 1`,
      [at.workspaceId, at.sourceId, at.lane, day],
    )
    if (row !== undefined) return blockOf(row.seq)
  }
  return undefined
}

/** Away from the append, and without keeping it waiting for long. */
const portionRows = 128

async function outlineOf(sql: Sql, at: At, from: number): Promise<readonly (readonly Value[])[]> {
  const columns = new Map<Field, Uint32Array>()
  let oldestAt = Infinity
  let newestAt = 0
  const last = from + blockEvents - 1
  for (const { day, to } of await stretchesFrom(sql, at, from)) {
    for (let after = from - 1; after < Math.min(to, last);) {
      const rows = await sql.query<Outlined>(
        `select seq, name, identifiers, received_at as "receivedAt", body
           from event
          where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
            and seq > $5 and seq <= $6
          order by seq
          limit $7`,
        [at.workspaceId, at.sourceId, at.lane, day, after, last, portionRows],
      )
      for (const row of rows) {
        oldestAt = Math.min(oldestAt, row.receivedAt)
        newestAt = Math.max(newestAt, row.receivedAt)
        for (const [field, text] of textsOf(row)) put(columns, field, row.seq - from, text)
      }
      if (rows.length < portionRows) break
      after = rows.at(-1)!.seq
      await breath()
    }
    if (to >= last) break
  }
  if (!columns.has('name')) columns.set('name', new Uint32Array(0))
  return Array.from(columns, ([field, hashes]) => [
    at.workspaceId,
    at.sourceId,
    at.lane,
    field,
    from,
    Number.isFinite(oldestAt) ? oldestAt : 0,
    newestAt,
    new Uint8Array(hashes.buffer),
  ])
}

function textsOf({ name, identifiers, body }: Outlined): (readonly [Field, string])[] {
  const { email, phone, externalId, anonymousId } = JSON.parse(identifiers) as Identifiers
  const order = orderIn(body)
  const texts: [Field, string][] = [['name', sameName(name)]]
  if (email !== undefined) texts.push(['email', email])
  if (phone !== undefined) texts.push(['phone', phone])
  if (externalId !== undefined) texts.push(['id', externalId])
  if (anonymousId !== undefined) texts.push(['anonymous', anonymousId])
  if (order !== undefined) texts.push(['order', order])
  if (isTest(body)) texts.push(['test', 'true'])
  return texts
}

function put(columns: Map<Field, Uint32Array>, field: Field, place: number, text: string): void {
  let column = columns.get(field)
  if (column === undefined) {
    column = new Uint32Array(blockEvents)
    columns.set(field, column)
  }
  column[place] = hashOf(text)
}

async function addOutline(sql: Sql, rows: readonly (readonly Value[])[]): Promise<void> {
  await sql.each(
    `insert into outline (workspace_id, source_id, lane, field, from_seq, oldest_at, newest_at, hashes)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, source_id, lane, field, from_seq) do nothing`,
    rows,
  )
}
