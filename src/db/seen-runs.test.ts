import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openGroup } from './group.ts'
import { migrate } from './migrate.ts'
import type { SeenIds } from './seen.ts'
import { SeenRuns } from './seen-runs.ts'
import { openSqlite } from './sqlite.ts'
import type { Database } from './sql.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function open(file = newFile()): Promise<{ db: Database; file: string }> {
  const db = openSqlite(file)
  await migrate(db)
  return { db, file }
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tillpost-seen-'))
  folders.push(folder)
  return join(folder, 'tillpost.db')
}

const runDigests = 40

function from(first: number): readonly number[] {
  return Array.from({ length: 130 - first }, (_, at) => first + at)
}

function entryOf(seen: SeenIds, id: number) {
  const where = { workspaceId: `wsp_${id % 3}`, sourceId: 'src', messageId: `m${id}` }
  const lane = id % 7 === 0 ? ('backfill' as const) : ('live' as const)
  return { ...where, digest: seen.digestOf(where), lane, seq: id + 1, receivedAt: id }
}

describe('the message ids of a file', () => {
  test('are known after any number of commits, failures and starts, and no others', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 2, arbitrary: fc.record({ fail: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 1, arbitrary: fc.constant('reopen' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        let { db, file } = await open()
        let seen = await SeenRuns.open(db, runDigests)
        let next = 0
        for (const one of steps)
          if (one === 'reopen') {
            await db.close()
            db = (await open(file)).db
            seen = await SeenRuns.open(db, runDigests)
          } else {
            const count = 'add' in one ? one.add : one.fail
            const entries = Array.from({ length: count }, (_, at) => entryOf(seen, next + at))
            const failing = 'fail' in one
            const undone = await db
              .transaction(async (sql) => {
                await seen.add(sql, entries)
                if (failing) throw new Error('undone')
              })
              .catch((error: unknown) => error)
            if (undone === undefined) {
              seen.kept()
              next += count
            } else seen.forget()
          }
        const asked = Array.from({ length: next + 60 }, (_, id) => entryOf(seen, id))
        const expected = asked.map(({ lane, seq }, id) => (id < next ? { lane, seq } : undefined))
        expect(await seen.find(db, asked)).toEqual(expected)
        await db.close()
      }),
      { numRuns: 15 },
    )
  })

  test('go when they are old, the newer ones stay', async () => {
    const { db } = await open()
    const seen = await SeenRuns.open(db, runDigests)
    const group = openGroup(db, seen)
    for (let id = 0; id < 130; id += 10) {
      const entries = Array.from({ length: 10 }, (_, at) => entryOf(seen, id + at))
      await group.write((sql) => seen.add(sql, entries))
    }
    const known = async (ids: SeenIds): Promise<readonly number[]> => {
      const all = Array.from({ length: 130 }, (_, id) => entryOf(ids, id))
      const found = await ids.find(db, all)
      return found.flatMap((one) => (one === undefined ? [] : [one.seq - 1]))
    }
    expect(await known(seen)).toEqual(from(0))
    await seen.drop(db, group, 60)
    // The second run holds some that are newer: all of it stays.
    expect(await known(seen)).toEqual(from(40))
    await seen.drop(db, group, 125)
    expect(await known(seen)).toEqual(from(120))
    await seen.drop(db, group, 1000)
    expect(await known(seen)).toEqual([])

    // Numbers of runs begin again; what is in memory of the dropped ones misleads nobody.
    await group.write((sql) =>
      seen.add(
        sql,
        Array.from({ length: runDigests }, (_, at) => entryOf(seen, at)),
      ),
    )
    expect(await known(seen)).toHaveLength(runDigests)
    expect(await known(await SeenRuns.open(db, runDigests))).toHaveLength(runDigests)
    await db.close()
  })
})
