import { DatabaseError, Pool, type PoolClient, types } from 'pg'
import { JournalUnavailable } from '../core/index.ts'
import { changeOf, eachOf, findOf, type Statement, wavesOf } from './many.ts'
import type { Database, Sql, Value } from './sql.ts'

// Times, numbers of events and counts: all below 2^53.
types.setTypeParser(types.builtins.INT8, Number)

/** A query that has no answer by then is given up, and its connection with it. */
const queryMs = 60_000
const connectMs = 5_000

/**
 * PostgreSQL, which other nodes use too. Statements are not named and sessions hold nothing, so that a
 * pooler may stand in front. A connection that broke is replaced by the pool when the next one is asked for.
 *
 * `byWorkspace`: no statement concerns more than one workspace. For a PostgreSQL that keeps them on several servers.
 */
export function openPostgres(
  url: string,
  { connections = 12, byWorkspace = false } = {},
): Database {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    // Statements go out without waiting for the answers to those before; see `together`.
    pipeline: true,
    application_name: 'tillpost',
  })
  const lost = new WeakSet<PoolClient>()
  // A connection may break while nobody waits for an answer: whoever uses it next is told.
  pool.on('connect', (client) => client.on('error', () => lost.add(client)))
  pool.on('error', () => {})
  const explained = explainer(url)
  let closing: Promise<void> | undefined

  async function connect(): Promise<PoolClient> {
    if (closing !== undefined) throw new JournalUnavailable('The database is closed.')
    try {
      return await pool.connect()
    } catch (error) {
      throw explained(error)
    }
  }

  async function run(client: PoolClient, text: string, values: readonly Value[]) {
    try {
      return await client.query(text, [...values])
    } catch (error) {
      if (isBroken(error)) lost.add(client)
      throw explained(error)
    }
  }

  async function once<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await connect()
    try {
      await run(client, 'begin', [])
      const result = await work(sqlOf((text, values) => run(client, text, values), byWorkspace))
      const { command } = await run(client, 'commit', [])
      if (command !== 'COMMIT') throw new Error(`PostgreSQL answered ${command} to a commit.`)
      return result
    } catch (error) {
      if (!lost.has(client)) await run(client, 'rollback', []).catch(() => lost.add(client))
      throw error
    } finally {
      client.release(lost.has(client))
    }
  }

  const outside = sqlOf(async (text, values) => {
    const client = await connect()
    try {
      return await run(client, text, values)
    } finally {
      client.release(lost.has(client))
    }
  }, byWorkspace)

  return {
    ...outside,
    async transaction(work) {
      for (let tries = 1; ; tries += 1)
        try {
          return await once(work)
        } catch (error) {
          // Two nodes stood in each other's way and this one was chosen to step back.
          if (!isCollision(error) || tries === 5) throw error
        }
    },
    close() {
      closing ??= pool.end()
      return closing
    },
  }
}

/** How many rows one statement is made of: bounded, so that none grows beyond reason. */
const statementRows = 5_000

function sqlOf(
  run: (text: string, values: readonly Value[]) => Promise<{ readonly rows: readonly unknown[] }>,
  byWorkspace: boolean,
): Sql {
  const portions = (text: string, rows: readonly (readonly Value[])[]) =>
    byWorkspace && /\bworkspace_id\b/.test(text) ? portionsByFirst(rows) : portionsOf(rows)
  const runStatement = ({ text, values }: Statement) => run(text, values)
  return {
    shared: true,
    lock: 'for no key update',
    clock: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
    holds: (column, parameter) => `position(${parameter}::bytea in ${column}) > 0`,
    async query<R>(text: string, values: readonly Value[] = []) {
      return (await run(text, values)).rows as readonly R[]
    },
    async each(text, rows) {
      for (const wave of wavesOf(text, rows))
        for (const { rows: some } of portions(text, wave))
          if (some.length === 1) await run(text, some[0]!)
          else await runStatement(eachOf(text, some))
    },
    change: (text, rows) => placed(text, rows, changeOf),
    find: (text, keys) => placed(text, keys, findOf),
  }

  /** What the statement gives for each row, in their order. */
  async function placed<R>(
    text: string,
    all: readonly (readonly Value[])[],
    manyOf: (text: string, some: readonly (readonly Value[])[]) => Statement,
  ): Promise<readonly (R | undefined)[]> {
    const found: (R | undefined)[] = Array.from(all, () => undefined)
    for (const { rows: some, placeAt } of portions(text, all)) {
      if (some.length === 1) {
        found[placeAt(0)] = (await run(text, some[0]!)).rows[0] as R | undefined
        continue
      }
      const { rows } = await runStatement(manyOf(text, some))
      for (const row of rows as readonly (R & { place: number })[]) {
        const { place, ...columns } = row
        found[placeAt(place - 1)] = columns as R
      }
    }
    return found
  }
}

/** Rows of one statement, and where each stood among all. */
interface Portion {
  readonly rows: readonly (readonly Value[])[]
  readonly placeAt: (index: number) => number
}

function portionsOf(
  all: readonly (readonly Value[])[],
  placeAt: (index: number) => number = (index) => index,
): readonly Portion[] {
  if (all.length <= statementRows) return all.length === 0 ? [] : [{ rows: all, placeAt }]
  const portions: Portion[] = []
  for (let start = 0; start < all.length; start += statementRows)
    portions.push({
      rows: all.slice(start, start + statementRows),
      placeAt: (index) => placeAt(start + index),
    })
  return portions
}

/** One workspace a statement: it is the first value of each row. */
function portionsByFirst(all: readonly (readonly Value[])[]): readonly Portion[] {
  const byFirst = new Map<Value | undefined, number[]>()
  for (const [place, row] of all.entries()) {
    const list = byFirst.get(row[0])
    if (list === undefined) byFirst.set(row[0], [place])
    else list.push(place)
  }
  return Array.from(byFirst.values(), (places) =>
    portionsOf(
      places.map((place) => all[place]!),
      (index) => places[index]!,
    ),
  ).flat()
}

const deadlock = '40P01'
const serialization = '40001'
/** Two that make the same table at once, whatever `if not exists` says: one of three things is told. */
const madeTwice = ['42P07', '42710', '23505 pg_type_typname_nsp_index']

function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  const { constraint } = error as { readonly constraint?: unknown }
  return (
    code === deadlock ||
    code === serialization ||
    madeTwice.includes(code) ||
    madeTwice.includes(`${code} ${String(constraint)}`)
  )
}

/** No answer of the server's, or its last one: the connection is of no use any more. */
function isBroken(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.severity === 'FATAL'
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : ''
}

// Classes and codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
const unavailable: readonly (readonly [code: RegExp, why: string])[] = [
  [/^28/, 'PostgreSQL refuses the user or the password: correct DATABASE_URL'],
  [/^3D000/, 'there is no such database: create it, or correct DATABASE_URL'],
  [/^42501/, 'the user lacks a permission: grant it'],
  [/^25006/, 'the server only reads (a standby?): name the one that writes in DATABASE_URL'],
  [/^53100/, 'the disk of the database is full: make room'],
  [/^53300/, 'the database takes no more connections: raise max_connections'],
  [/^53/, 'the database lacks memory or another resource: look into its log'],
  [/^57014|^55P03/, 'the database took too long'],
  [/^57|^08/, 'the database is stopping, starting or gone; trying again helps once it is back'],
  [/^58|^XX/, 'the database reports a fault of its own: look into its log'],
  [/^23514/, 'the database has no partition for today: look into the log, and check its clock'],
  [/^ENOTFOUND|^EAI_AGAIN/, 'there is no such host: correct DATABASE_URL'],
  [/^ECONNREFUSED/, 'no database answers there: start it, or correct DATABASE_URL'],
  [/^E[A-Z]+$/, 'the connection to the database broke'],
]

/** Makes of what the driver says a sentence for those who run this, without the password. */
function explainer(url: string): (error: unknown) => unknown {
  const place = placeOf(url)
  return (error) => {
    if (error instanceof JournalUnavailable || !(error instanceof Error)) return error
    const code = codeOf(error)
    const why = unavailable.find(([pattern]) => pattern.test(code))?.[1]
    // Without a code it is the driver that gave up: a timeout, a connection that ended.
    if (why === undefined && (code !== '' || error instanceof DatabaseError)) return error
    if (why === undefined && !/connection|timeout|terminated|closed/i.test(error.message))
      return error
    return new JournalUnavailable(
      `PostgreSQL at ${place} cannot be used: ${why ?? 'it did not answer, or the connection ended'}.`,
      { cause: error },
    )
  }
}

function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? 'DATABASE_URL' : `${parsed.host}${parsed.pathname}`
}
