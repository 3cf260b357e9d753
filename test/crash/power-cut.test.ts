import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCast } from './cast.ts'
import type { Cast, CastOptions, EngineName } from './cast.ts'
import { chanceOf } from './chance.ts'
import { makeDisk } from './disk.ts'
import type { Disk } from './disk.ts'
import type { Disturbance } from './disturbances.ts'
import { pause, until } from './pause.ts'
import { findPostgresPrograms } from './postgres-process.ts'
import { playRound } from './round.ts'
import { NoVolume } from './volume.ts'

const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000)
const unsynced = new URL('unsynced.ts', import.meta.url).href

let place = ''
let disk: Disk | undefined
let cast: Cast | undefined
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tillpost-power-'))
  // PostgreSQL runs as a user of its own, who has to reach its folder.
  chmodSync(place, 0o755)
})
afterEach(async () => {
  await cast?.close()
  disk?.close()
  cast = undefined
  disk = undefined
  rmSync(place, { recursive: true, force: true })
})

/** Everything stands still, and what was not on the disk by then has never been. */
function powerCut(of: Disk): Disturbance {
  return {
    title: 'F5 the power is cut',
    async play({ nodes, database, load }, chance) {
      // Before it, a while of peace: so there is something to start from whatever is lost later.
      await until('there are events', () => load.count > 100)
      of.sync()
      await pause(1000 + chance.next() * 2000)
      for (const node of nodes) node.freeze()
      database?.freeze()
      of.hold()
      await Promise.all(nodes.map((node) => node.kill()))
      await database?.die()
      of.comeBack()
      await database?.start()
      await Promise.all(nodes.map((node) => node.start()))
    },
  }
}

/** Resolves with the round; undefined where no disk can be made. */
async function play(engine: EngineName, options: Partial<CastOptions> = {}) {
  const chance = chanceOf(seed)
  disk = makeDisk(place)
  cast = await openCast({ engine, chance, data: disk.folder, ...options })
  return playRound(cast, powerCut(disk), 'p1', chance)
}

const cannot = whyNot()
if (cannot !== undefined) console.log(`SKIPPED F5 the power cuts: ${cannot}`)

test.skipIf(cannot !== undefined)(
  'F5 M24 I1 the power is cut on SQLite: whatever was answered is there, and arrives once',
  async () => {
    const { answered } = await play('sqlite')
    console.log(`ok power cut on sqlite: ${answered} events answered, 0 lost (seed ${seed})`)
    expect(answered).toBeGreaterThan(100)
  },
)

test.skipIf(cannot !== undefined || findPostgresPrograms() === undefined)(
  'F5 M24 I1 the power is cut on PostgreSQL: whatever was answered is there, and arrives once',
  async () => {
    const { answered } = await play('postgres')
    console.log(`ok power cut on postgres: ${answered} events answered, 0 lost (seed ${seed})`)
    expect(answered).toBeGreaterThan(100)
  },
)

test.skipIf(cannot !== undefined)(
  'F5 the power cut notices an SQLite that does not sync',
  async () => {
    const lossy = play('sqlite', { env: { NODE_OPTIONS: `--import=${unsynced}` } })
    await expect(lossy).rejects.toThrow(/^I1 \S+ was answered 200 and is gone/mu)
  },
)

test.skipIf(cannot !== undefined || findPostgresPrograms() === undefined)(
  'F5 the power cut notices a PostgreSQL that does not sync',
  async () => {
    const lossy = play('postgres', { postgresSettings: ['fsync=off'] })
    await expect(lossy).rejects.toThrow(/^I1 \S+ was answered 200 and is gone/mu)
  },
)

function whyNot(): string | undefined {
  const trial = mkdtempSync(join(tmpdir(), 'tillpost-power-'))
  try {
    makeDisk(trial).close()
    return undefined
  } catch (error) {
    if (error instanceof NoVolume || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return String(error)
    throw error
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
}
