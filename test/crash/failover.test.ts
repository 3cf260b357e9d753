import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCast } from './cast.ts'
import { chanceOf } from './chance.ts'
import type { Disturbance } from './disturbances.ts'
import { until } from './pause.ts'
import { hasBaseBackup, makeStandby } from './postgres-process.ts'
import type { PostgresProcess } from './postgres-process.ts'
import { playRound } from './round.ts'

if (!hasBaseBackup()) console.log('SKIPPED F6: there is no pg_basebackup')

/** The first server is gone for good, and its standby takes its place. */
function failover(standby: PostgresProcess): Disturbance {
  return {
    title: 'F6 the database fails over to its standby',
    async play({ nodes, database, load }) {
      await until('there are events', () => load.count > 200)
      await database?.die()
      await standby.query('select pg_promote()')
      for (const { toDatabase } of nodes) {
        if (toDatabase === undefined) continue
        toDatabase.target = standby.port
        toDatabase.reset()
      }
    },
  }
}

test.skipIf(!hasBaseBackup())(
  'F6 I1 the database fails over to a synchronous standby: whatever was answered is there, and arrives once',
  async () => {
    const chance = chanceOf(Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000))
    const folder = mkdtempSync(join(tmpdir(), 'tillpost-standby-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    chmodSync(folder, 0o755)
    const cast = await openCast({ engine: 'postgres', chance })
    onTestFinished(() => cast.close())
    if (cast.database === undefined) throw new Error('There is no database.')
    const standby = await makeStandby(cast.database, join(folder, 'standby'))
    onTestFinished(() => standby.die())
    await standby.start()
    // From now on nothing is committed before the standby has it.
    await cast.database.query(`alter system set synchronous_standby_names = '*'`)
    await cast.database.query('select pg_reload_conf()')
    await until('the standby is synchronous', async () => {
      const rows = await cast.database!.query(
        `select 1 from pg_stat_replication where sync_state = 'sync'`,
      )
      return rows.length === 1
    })
    const { answered } = await playRound(cast, failover(standby), 'f1', chance)
    console.log(`ok failover to a synchronous standby: ${answered} events answered, 0 lost`)
    expect(answered).toBeGreaterThan(200)
  },
)
