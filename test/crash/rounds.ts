import { afterAll, describe, expect, test } from 'vitest'
import { openCast } from './cast.ts'
import type { Cast, EngineName } from './cast.ts'
import { chanceOf } from './chance.ts'
import type { Chance } from './chance.ts'
import { disturbances } from './disturbances.ts'
import type { Disturbance } from './disturbances.ts'
import { CrashFigures } from './figures.ts'
import { findPostgresPrograms } from './postgres-process.ts'
import { playRound } from './round.ts'
import { NoVolume } from './volume.ts'

const env = process.env
/** Undefined: each disturbance once. */
const wanted = env['CRASH_ROUNDS']
const first = Number(env['CRASH_FROM'] ?? 1)
const seed = Number(env['CRASH_SEED'] ?? Date.now() % 1_000_000)
/** Only those whose title holds this. */
const only = env['CRASH_ONLY'] ?? ''

/** A long run says after so many rounds what it has come to. */
const roundsUntilTold = 25
/** A cast plays so many rounds; then its stage is full, and a new one comes. */
const roundsOfCast = 10
/** Rounds of load, one disturbance each; then the invariants are checked. A round says how it went in a line. */
export function playRounds(engine: EngineName): void {
  const isLongRun = Number(wanted ?? 0) >= 100
  const candidates = disturbances.filter(
    ({ on, title, isLong }) =>
      (on === undefined || on === engine) &&
      title.includes(only) &&
      (isLong === undefined || isLongRun || only !== ''),
  )
  const missing =
    engine === 'postgres' && findPostgresPrograms() === undefined
      ? 'no PostgreSQL is installed'
      : undefined
  const count = wanted === undefined ? candidates.length : Number(wanted)
  const figures = new CrashFigures()
  let cast: Cast | undefined
  let played = 0

  afterAll(async () => {
    await cast?.close()
    console.log(`${engine}, ${figures.rounds} rounds (seed ${seed}):\n${figures.table()}`)
  })

  async function castFor(disturbance: Disturbance, chance: Chance): Promise<Cast> {
    const fits = disturbance.stage === undefined || cast?.stage === disturbance.stage
    if (cast !== undefined && fits && played < roundsOfCast) return cast
    await cast?.close()
    played = 0
    cast = await openCast({
      engine,
      chance,
      stage:
        disturbance.stage ?? (engine === 'postgres' && chance.next() < 0.3 ? 'apart' : 'plain'),
      // Whether a repeat fails a bulk request is documented for one request, and unclear over several.
      simulator: { repeats: chance.of(['within-request', 'history'] as const) },
    })
    return cast
  }

  describe(`F31 M24 ${engine} among faults of every kind`, () => {
    for (let number = first; number < first + count; number += 1) {
      const disturbance = disturbanceOf(number, candidates)
      if (disturbance === undefined) return
      const { title } = disturbance
      test.skipIf(missing !== undefined)(
        `round ${number} on ${engine}: ${title}`,
        async ({ skip }) => {
          const said = `round ${number} on ${engine}: ${title}`
          const chance = chanceOf(seed * 1000 + number)
          const start = performance.now()
          try {
            const on = await castFor(disturbance, chance)
            const without = disturbance.missing?.(on)
            if (without !== undefined) {
              console.log(`SKIPPED ${said}: ${without}`)
              figures.skipped(title)
              skip(without)
            }
            const { answered, resent, megabytes, ended, settleSeconds } = await playRound(
              on,
              disturbance,
              `r${number}`,
              chance,
            )
            played += 1
            const seconds = (performance.now() - start) / 1000
            figures.came(title, { answered, resent, ended, megabytes, seconds })
            console.log(
              `ok ${said}: ${answered} events, ${resent} requests again, ${ended} ended with a reason, ` +
                `${seconds.toFixed(1)} s (${settleSeconds} until nothing waited), ${megabytes ?? '?'} MB`,
            )
            // A run of hours may be cut off: what it came to so far is said now and then.
            if (figures.rounds % roundsUntilTold === 0)
              console.log(`${engine}, so far (seed ${seed}):\n${figures.table()}`)
            expect(answered).toBeGreaterThan(0)
          } catch (error) {
            if (error instanceof NoVolume) {
              console.log(`SKIPPED ${said}: ${error.message}`)
              figures.skipped(title)
              skip(error.message)
            }
            if (cast !== undefined && !(error instanceof Error && error.message.includes('skip'))) {
              const logs = cast.nodes.map(
                ({ name, log }) => `${name}:\n${log.slice(-25).join('\n')}`,
              )
              const again = `Again: CRASH_SEED=${seed} CRASH_FROM=${number} CRASH_ROUNDS=1 npm run test:crash -- rounds-${engine}`
              figures.failed(title, again)
              console.log(`FAILED ${said}\n${String(error)}\n${again}\n${logs.join('\n')}`)
              const failed = cast
              cast = undefined
              // The rounds after it are played on a stage of their own, whatever became of this one.
              await failed.close().catch((trouble: unknown) => console.log(String(trouble)))
            }
            throw error
          }
        },
      )
    }
  })
}

/** Each comes once in a cycle, in an order of the seed's. */
function disturbanceOf(number: number, all: readonly Disturbance[]): Disturbance | undefined {
  if (all.length === 0) return undefined
  const cycle = Math.floor((number - 1) / all.length)
  return chanceOf(seed + cycle * 7919).shuffled(all)[(number - 1) % all.length]
}
