import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findPostgres, runOn } from './postgres.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

describe('tillpost migrate', () => {
  test('says what is missing, takes it, and is content', async () => {
    const env = { TILLPOST_DATA: await temporaryFolder() }
    const before = tillpost(['migrate', '--check'], { env })
    expect(await before.ended).toBe(1)
    expect(before.stdout()).toMatch(/at version 0 and lacks \d+ steps:\n {2}0001-start\.sql\n/u)
    expect(before.stdout()).toContain('Run `tillpost migrate`')
    expect(existsSync(join(env.TILLPOST_DATA, 'tillpost.db'))).toBe(false)

    const taking = tillpost(['migrate'], { env })
    expect(await taking.ended).toBe(0)
    expect(taking.stderr()).toMatch(/1\/\d+ 0001-start\.sql/u)

    const after = tillpost(['migrate', '--check'], { env })
    expect(await after.ended).toBe(0)
    expect(after.stdout()).toMatch(/up to date \(version \d+\)/u)
    const again = tillpost(['migrate'], { env })
    expect(await again.ended).toBe(0)
    expect(again.text()).not.toContain('Took')
  })

  test('serve --no-migrate refuses a database that lacks a step', async () => {
    const env = { TILLPOST_DATA: await temporaryFolder(), TILLPOST_PORT: '0' }
    const refused = tillpost(['serve', '--no-migrate'], { env })
    expect(await refused.ended).toBe(2)
    expect(refused.stderr()).toMatch(/lacks 0001-start\.sql, .*Run `tillpost migrate`/u)
    expect(await tillpost(['migrate'], { env }).ended).toBe(0)
    await tillpost(['serve', '--no-migrate'], { env }).says(/Tillpost is at/u)
  })

  test.skipIf(server === undefined)(
    'works on PostgreSQL by several at once, and leaves a newer database alone',
    async () => {
      const env = {
        TILLPOST_DATA: await temporaryFolder(),
        DATABASE_URL: await server!.newDatabase(),
      }
      const both = [1, 2].map(() => tillpost(['migrate'], { env }))
      expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
      const steps = await runOn(env.DATABASE_URL, 'select name from migration order by number')
      expect(steps.length).toBeGreaterThan(5)
      expect(await tillpost(['migrate', '--check'], { env }).ended).toBe(0)
      await runOn(env.DATABASE_URL, `insert into migration values (999, '0999-later.sql', 0)`)
      for (const parameters of [['migrate'], ['migrate', '--check'], ['serve']]) {
        const refused = tillpost(parameters, { env })
        expect(await refused.ended).toBe(2)
        expect(refused.stderr()).toContain('Start the newer Tillpost that wrote it')
      }
    },
  )
})
