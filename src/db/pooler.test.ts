import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Pooler, startPooler } from '../../test/pooler.ts'
import { findPostgres } from '../../test/postgres.ts'
import { openJournal } from './index.ts'
import { describeJournal, type OpenedForTest } from './journal.suite.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

const poolers: Pooler[] = []
afterEach(async () => {
  for (const pooler of poolers.splice(0)) await pooler.close()
})

describe.skipIf(server === undefined)('behind a pooler in transaction mode', () => {
  describeJournal('PostgreSQL behind a pooler', async () => {
    const pooler = await startPooler(await server!.newDatabase())
    poolers.push(pooler)
    return openForTest(pooler.url)
  })

  test('F4 two sessions serve many connections, each transaction where there is room', async () => {
    const pooler = await startPooler(await server!.newDatabase())
    poolers.push(pooler)
    const opened = await openJournal({ url: pooler.url })
    const { journal } = opened
    const lane = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
    const heads = Array.from({ length: 40 }, () => journal.heads([lane]))
    expect(await Promise.all(heads)).toEqual(heads.map(() => [0]))
    await opened.close()
    expect(pooler.counts().connections).toBeGreaterThan(5)
    expect(pooler.counts().sessions).toBeLessThan(3)
  })
})

async function openForTest(url: string): Promise<OpenedForTest> {
  const one = await openJournal({ url })
  return { ...one, reopen: () => openForTest(url) }
}
