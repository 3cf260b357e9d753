import { afterAll, describe } from 'vitest'
import { keepJournalsIn } from './engine.ts'
import { findPostgres } from './postgres.ts'

/** Runs a file's tests with the journal in PostgreSQL. Skipped, visibly, where there is none to be had. */
export async function onPostgres(load: () => Promise<unknown>): Promise<void> {
  const server = await findPostgres()
  if (server !== undefined) keepJournalsIn(() => server.newDatabase())
  afterAll(async () => server?.stop())
  describe.skipIf(server === undefined)('on PostgreSQL', async () => {
    await load()
  })
}
