import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimulatorOptions } from '../../src/simulator/index.ts'
import type { Chance } from './chance.ts'
import { startClock } from './clock.ts'
import type { FakeClock } from './clock.ts'
import { startKlaviyo } from './klaviyo.ts'
import type { Klaviyo } from './klaviyo.ts'
import { Load } from './load.ts'
import { ownPort } from './port.ts'
import { makePostgres } from './postgres-process.ts'
import type { PostgresProcess } from './postgres-process.ts'
import { startProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'
import { run, serverProcess } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { makeVolume } from './volume.ts'
import type { Volume } from './volume.ts'

export type EngineName = 'sqlite' | 'postgres'

/**
 * What a play needs: `volume`, a small disk that can be filled; `apart`, on PostgreSQL, servers that only receive and
 * others that only deliver.
 */
export type Stage = 'plain' | 'volume' | 'apart'

/** A server with its own lines to what it calls. */
export interface Node extends ServerProcess {
  readonly receives: boolean
  readonly delivers: boolean
  readonly toKlaviyo: Proxy
  /** Undefined: it has its database in a file. */
  readonly toDatabase: Proxy | undefined
  /** Undefined where its clock cannot be changed. */
  readonly clock: FakeClock | undefined
}

/** Everybody in a play: real processes, each of which may be killed. */
export interface Cast {
  readonly engine: EngineName
  readonly stage: Stage
  readonly nodes: readonly Node[]
  readonly klaviyo: Klaviyo
  readonly database: PostgresProcess | undefined
  /** Where the data is, small enough to be filled; undefined: a folder like others. */
  readonly volume: Volume | undefined
  readonly load: Load
  readonly writeKey: string
  /** Where it keeps its data. */
  readonly folder: string
  /** The private key that is stored. */
  key: string
  /** Runs a command of `tillpost`, as an operator of this installation. */
  tillpost(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>
  close(): Promise<void>
}

export interface CastOptions {
  readonly engine: EngineName
  readonly chance: Chance
  readonly simulator?: SimulatorOptions
  /** Without it, `plain`. Rejects with `NoVolume` where none can be made. */
  readonly stage?: Stage
  /** Where the data is to be: a disk of the caller's. */
  readonly data?: string
  /** For the servers: what a test changes of the database's habits. */
  readonly env?: NodeJS.ProcessEnv
  readonly postgresSettings?: readonly string[]
}

/** The servers' names, and what they do. */
const casts: {
  readonly [name in EngineName | 'apart']: readonly [string, 'http' | 'delivery' | 'all'][]
} = {
  sqlite: [['node-1', 'all']],
  postgres: [
    ['node-1', 'all'],
    ['node-2', 'all'],
  ],
  apart: [
    ['receiver-1', 'http'],
    ['deliverer-1', 'delivery'],
    ['deliverer-2', 'delivery'],
  ],
}

export async function openCast(options: CastOptions): Promise<Cast> {
  const { engine, chance, simulator = {}, stage = 'plain' } = options
  const folder = mkdtempSync(join(tmpdir(), 'tillpost-crash-'))
  // PostgreSQL runs as a user of its own, who has to reach its folder.
  chmodSync(folder, 0o755)
  const closings: (() => Promise<unknown>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ]
  const close = async () => {
    for (const step of closings.splice(0).toReversed()) await step().catch(report)
  }
  try {
    const volume = stage === 'volume' ? makeVolume(join(folder, 'volume')) : undefined
    if (volume !== undefined) closings.push(async () => volume.close())
    const data = volume?.folder ?? options.data ?? folder
    const klaviyo = await startKlaviyo(simulator)
    closings.push(() => klaviyo.close())
    const database =
      engine === 'postgres'
        ? await makePostgres(join(data, 'postgres'), options.postgresSettings)
        : undefined
    closings.push(async () => database?.stop('immediate'))
    await database?.start()

    const ownEnv = {
      TILLPOST_DATA: join(data, database === undefined ? 'node-1' : 'operator'),
      TILLPOST_KEYS: Buffer.alloc(32, 7).toString('base64'),
      KLAVIYO_BASE_URL: klaviyo.url,
      KLAVIYO_PRIVATE_KEY: klaviyo.privateKey,
      TILLPOST_LOG: 'info',
      ...(database === undefined ? {} : { DATABASE_URL: database.url() }),
    }
    const { writeKey } = JSON.parse(await run(['init', '--json'], ownEnv)) as { writeKey: string }
    const nodes: Node[] = []
    for (const [name, role] of casts[stage === 'apart' ? stage : engine]) {
      const toKlaviyo = await startProxy(klaviyo.port)
      const toDatabase = database === undefined ? undefined : await startProxy(database.port)
      closings.push(
        () => toKlaviyo.close(),
        async () => toDatabase?.close(),
      )
      const clock = startClock(join(folder, `${name}.clock`))
      const server = serverProcess({
        name,
        port: await ownPort(),
        args: role === 'all' ? [] : [`--roles=${role}`],
        env: {
          ...ownEnv,
          TILLPOST_DATA: join(data, name),
          KLAVIYO_BASE_URL: `http://127.0.0.1:${toKlaviyo.port}`,
          ...(toDatabase === undefined ? {} : { DATABASE_URL: database?.url(toDatabase.port) }),
          ...clock?.env,
          ...options.env,
        },
      })
      closings.push(async () => server.kill())
      await server.start()
      const does = { receives: role !== 'delivery', delivers: role !== 'http' }
      nodes.push(Object.assign(server, { toKlaviyo, toDatabase, clock, ...does }))
    }
    const load = new Load({
      urls: nodes.filter(({ receives }) => receives).map(({ url }) => url),
      writeKey,
      ledger: join(folder, 'answered'),
      chance,
    })
    closings.push(async () => load.close())
    return {
      engine,
      stage,
      nodes,
      klaviyo,
      database,
      volume,
      load,
      writeKey,
      folder: data,
      key: klaviyo.privateKey,
      tillpost: (args, env = {}) => run(args, { ...ownEnv, ...env }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whoever is dead already cannot be ended once more. */
function report(error: unknown): void {
  if (error instanceof Error && error.message.endsWith('does not run.')) return
  console.error('At the end of a play:', error)
}
