import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { findPostgres, runOn } from '../../test/postgres.ts'
import type { Received } from '../core/index.ts'
import { openJournal } from './index.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

const writers = 8
const each = 15
const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const

describe.skipIf(server === undefined)('F27 eight writers whose commits take their time', () => {
  test('a cursor passes over none of what they append', async () => {
    const url = await server!.newDatabase()
    const nodes = await Promise.all(Array.from({ length: writers }, () => openJournal({ url })))
    await delayCommits(url, 'event')
    const reader = nodes[0]!.journal
    let appended = 0
    const writing = Promise.all(
      nodes.map(async ({ journal }, node) => {
        for (let n = 0; n < each; n += 1) {
          await journal.append([event(`${node}-${n}-a`), event(`${node}-${n}-b`)])
          appended += 2
        }
      }),
    )
    const seen: string[] = []
    let cursor = 0
    while (seen.length < writers * each * 2) {
      const before = appended
      const read = await reader.read(at, cursor, 1000, 1e9)
      seen.push(...read.map(({ messageId }) => messageId))
      cursor = read.at(-1)?.seq ?? cursor
      // Nothing more is written, and yet the cursor finds no more: something was passed over.
      if (read.length === 0 && before === writers * each * 2) break
    }
    await writing
    for (const node of nodes) await node.close()
    expect(new Set(seen).size).toBe(writers * each * 2)
    expect(cursor).toBe(writers * each * 2)
  }, 120_000)

  test('by a sequence it would: so the test above can fail', async () => {
    const url = await server!.newDatabase()
    await runOn(url, 'create table naive (id bigserial primary key)')
    await delayCommits(url, 'naive')
    let lost = 0
    // By chance a round may lose nothing.
    for (let round = 0; round < 10 && lost === 0; round += 1) lost = await loseBySequence(url)
    expect(lost).toBeGreaterThan(0)
  }, 120_000)
})

/** How many rows a cursor over a sequence passes over. */
async function loseBySequence(url: string): Promise<number> {
  await runOn(url, 'truncate naive restart identity')
  const clients = await Promise.all(
    Array.from({ length: writers }, async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return client
    }),
  )
  let isWriting = true
  const writing = Promise.all(
    clients.map(async (client) => {
      for (let n = 0; n < each; n += 1) await client.query('insert into naive default values')
      await client.end()
    }),
  ).finally(() => {
    isWriting = false
  })
  let seen = 0
  let cursor = '0'
  for (let isLast = false; !isLast;) {
    isLast = !isWriting
    const rows = await runOn<{ id: string }>(
      url,
      'select id::text from naive where id > $1 order by naive.id',
      [cursor],
    )
    seen += rows.length
    cursor = rows.at(-1)?.id ?? cursor
  }
  await writing
  return writers * each - seen
}

/** Every commit that has added rows waits for up to 10 ms a row, after their numbers were given. */
async function delayCommits(url: string, table: string): Promise<void> {
  await runOn(
    url,
    `create function nap() returns trigger language plpgsql as
     'begin perform pg_sleep(random() * 0.01); return null; end'`,
  )
  await runOn(
    url,
    `create constraint trigger nap after insert on ${table} deferrable initially deferred
     for each row execute function nap()`,
  )
}

function event(messageId: string): Received {
  const whole = { type: 'track', messageId } as const
  return {
    ...at,
    storeId: 'sto_1',
    event: whole,
    body: JSON.stringify(whole),
    name: 'Product Viewed',
    identifiers: {},
    occurredAt: 1,
    receivedAt: 1,
  }
}
