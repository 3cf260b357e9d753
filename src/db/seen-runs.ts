import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { lanes } from '../core/index.ts'
import type { Group } from './group.ts'
import { type NewSeen, nameOf, type Seen, type SeenIds, type SeenKey } from './seen.ts'
import { SeenFilter } from './seen-filter.ts'
import type { Sql } from './sql.ts'

const digestBytes = 16
/** Of a run, by the first bits of its digests: each fits into a page. */
const parts = 128

interface Chunk {
  readonly digests: Uint8Array
  readonly places: Uint8Array
}

/**
 * The message ids of a file that this process alone writes. In a table keyed by digest nearly every event
 * would change a page of 16 KB of its own. So they are written in the order in which they come (the log)
 * and looked up in memory; a full log becomes a run, sorted into parts, which never changes and goes as a
 * whole. A new id costs no look into the file: a filter in memory tells which runs may hold it.
 *
 * The digests name workspace and source. What is in here stands for nothing by itself: dropping all of it
 * would make a repeat count as new, no more.
 */
export class SeenRuns implements SeenIds {
  readonly #runDigests: number
  readonly #log = new Map<string, number>()
  readonly #filter = new SeenFilter()
  #nextRun = 0
  #newestAt = 0
  /** By the transaction under way. */
  readonly #added: string[] = []
  #madeRun = false

  /** @param runDigests with so many the log becomes a run; what the filter is made for */
  static async open(sql: Sql, runDigests = 65_536): Promise<SeenRuns> {
    const runs = new SeenRuns(runDigests)
    await runs.#read(sql)
    return runs
  }

  private constructor(runDigests: number) {
    this.#runDigests = runDigests
  }

  digestOf(event: Parameters<SeenIds['digestOf']>[0]): string {
    return hash('sha256', nameOf(event), 'binary').slice(0, digestBytes)
  }

  async find(sql: Sql, keys: readonly SeenKey[]): Promise<readonly (Seen | undefined)[]> {
    const found: (Seen | undefined)[] = []
    for (const { digest } of keys) {
      const place = this.#log.get(digest) ?? (await this.#findInRuns(sql, digest))
      found.push(place === undefined ? undefined : seenAt(place))
    }
    return found
  }

  #findInRuns(sql: Sql, digest: string): Promise<number | undefined> | undefined {
    const runs = this.#filter.runsOf(digest)
    return runs.length === 0 ? undefined : findIn(sql, runs, digest)
  }

  async add(sql: Sql, entries: readonly NewSeen[]): Promise<void> {
    if (entries.length === 0) return
    const digests = entries.map(({ digest }) => digest)
    const places = entries.map(placeOf)
    const newestAt = entries.reduce((newest, { receivedAt }) => Math.max(newest, receivedAt), 0)
    const chunk = chunkOf(digests, places)
    await sql.query('insert into seen_log (newest_at, digests, places) values ($1, $2, $3)', [
      newestAt,
      chunk.digests,
      chunk.places,
    ])
    for (const [index, digest] of digests.entries()) this.#log.set(digest, places[index]!)
    this.#added.push(...digests)
    this.#newestAt = Math.max(this.#newestAt, newestAt)
    if (this.#log.size >= this.#runDigests) await this.#makeRun(sql)
  }

  async #makeRun(sql: Sql): Promise<void> {
    const digests: string[][] = Array.from({ length: parts }, () => [])
    const places: number[][] = Array.from({ length: parts }, () => [])
    for (const [digest, place] of this.#log) {
      const part = partOf(digest)
      digests[part]!.push(digest)
      places[part]!.push(place)
    }
    const rows = digests.map((own, part) => {
      const chunk = chunkOf(own, places[part]!)
      return [this.#nextRun * parts + part, this.#newestAt, chunk.digests, chunk.places]
    })
    await sql.each(
      'insert into seen_run (part_id, newest_at, digests, places) values ($1, $2, $3, $4)',
      rows,
    )
    await sql.query('delete from seen_log')
    this.#madeRun = true
  }

  kept(): void {
    this.#added.length = 0
    if (!this.#madeRun) return
    this.#madeRun = false
    for (const digest of this.#log.keys()) this.#filter.add(this.#nextRun, digest)
    this.#log.clear()
    this.#nextRun += 1
  }

  forget(): void {
    for (const digest of this.#added) this.#log.delete(digest)
    this.#added.length = 0
    this.#madeRun = false
  }

  async drop(sql: Sql, group: Pick<Group, 'write'>, cutoff: number): Promise<void> {
    const dropOne = async (tx: Sql) => {
      const [oldest] = await tx.query<{ part: number }>(
        'select part_id as part from seen_run where newest_at < $1 order by part_id limit 1',
        [cutoff],
      )
      if (oldest === undefined) return false
      await tx.query('delete from seen_run where part_id >= $1 and part_id < $2', [
        oldest.part,
        oldest.part + parts,
      ])
      return true
    }
    while (await group.write(dropOne));
    const [first] = await sql.query<{ part: number }>(
      'select part_id as part from seen_run order by part_id limit 1',
    )
    this.#filter.dropBefore(first === undefined ? this.#nextRun : runOf(first.part))
    await group.write(async (tx) => {
      const gone = await tx.query(
        'delete from seen_log where newest_at < $1 returning 1 as dropped',
        [cutoff],
      )
      // A log that is a month old belongs to a shop with few events: reading what is left is little work.
      if (gone.length > 0) await this.#read(tx)
    })
  }

  async #read(sql: Sql): Promise<void> {
    this.#log.clear()
    this.#newestAt = 0
    const log = await sql.query<Chunk & { readonly newestAt: number }>(
      'select newest_at as "newestAt", digests, places from seen_log order by log_id',
    )
    for (const { newestAt, ...chunk } of log) {
      this.#newestAt = Math.max(this.#newestAt, newestAt)
      for (const [index, digest] of digestsIn(chunk).entries())
        this.#log.set(digest, placeIn(chunk, index))
    }
    this.#filter.clear()
    this.#nextRun = 0
    let part: number | undefined = -1
    while (part !== undefined) {
      const after: number = part
      const rows: readonly (Chunk & { readonly part: number })[] = await sql.query(
        'select part_id as part, digests, places from seen_run where part_id > $1 order by part_id limit $2',
        [after, parts],
      )
      for (const row of rows)
        for (const digest of digestsIn(row)) this.#filter.add(runOf(row.part), digest)
      part = rows.at(-1)?.part
      if (part !== undefined) this.#nextRun = runOf(part) + 1
    }
  }
}

async function findIn(
  sql: Sql,
  runs: readonly number[],
  digest: string,
): Promise<number | undefined> {
  const found = await sql.find<Chunk>(
    'select digests, places from seen_run where part_id = $1',
    runs.map((run) => [run * parts + partOf(digest)]),
  )
  for (const chunk of found) {
    const index = chunk === undefined ? -1 : digestsIn(chunk).indexOf(digest)
    if (chunk !== undefined && index >= 0) return placeIn(chunk, index)
  }
  return undefined
}

function runOf(part: number): number {
  return Math.floor(part / parts)
}

function partOf(digest: string): number {
  return digest.charCodeAt(0) >> 1
}

/** Lane and number as one number: numbers stay far below 2^50. */
const laneStep = 2 ** 50

function placeOf({ lane, seq }: Seen): number {
  return lanes.indexOf(lane) * laneStep + seq
}

function seenAt(place: number): Seen {
  return { lane: lanes[Math.floor(place / laneStep)]!, seq: place % laneStep }
}

function chunkOf(digests: readonly string[], places: readonly number[]): Chunk {
  const bytes = Buffer.alloc(places.length * 8)
  for (const [index, place] of places.entries()) bytes.writeDoubleLE(place, index * 8)
  return { digests: Buffer.from(digests.join(''), 'latin1'), places: bytes }
}

function digestsIn({ digests }: Chunk): string[] {
  const all = bufferOf(digests).toString('latin1')
  return Array.from({ length: all.length / digestBytes }, (_, index) =>
    all.slice(index * digestBytes, (index + 1) * digestBytes),
  )
}

function placeIn({ places }: Chunk, index: number): number {
  return bufferOf(places).readDoubleLE(index * 8)
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
