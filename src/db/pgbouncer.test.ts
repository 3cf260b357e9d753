import { afterAll, describe, expect, test } from 'vitest'
import { findPgBouncer, startPgBouncer } from '../../test/pgbouncer.ts'
import type { PgBouncer } from '../../test/pgbouncer.ts'
import { findPostgres } from '../../test/postgres.ts'
import { openJournal } from './index.ts'
import { describeJournal, type OpenedForTest } from './journal.suite.ts'

const program = findPgBouncer()
const server = program === undefined ? undefined : await findPostgres()
let bouncer: PgBouncer | undefined
afterAll(async () => {
  await bouncer?.stop()
  await server?.stop()
  // It drops a database for each test.
}, 300_000)

/** A database of its own, reached through PgBouncer: it does not pass on the address's schema. */
async function newDatabase(): Promise<string> {
  const url = await server!.newDatabase({ apart: true })
  bouncer ??= await startPgBouncer(program!, url)
  return bouncer.through(url)
}

async function openForTest(url: string): Promise<OpenedForTest> {
  const one = await openJournal({ url })
  return { ...one, reopen: () => openForTest(url) }
}

describe.skipIf(server === undefined)('behind PgBouncer in transaction mode', () => {
  describeJournal('PostgreSQL behind PgBouncer', async () => openForTest(await newDatabase()))

  test('F4 F28 many connections share few sessions', async () => {
    const opened = await openJournal({ url: await newDatabase() })
    const lane = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
    const heads = Array.from({ length: 40 }, () => opened.journal.heads([lane]))
    expect(await Promise.all(heads)).toEqual(heads.map(() => [0]))
    await opened.close()
  })
})
