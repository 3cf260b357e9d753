import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, runOn } from './postgres.ts'

/** PgBouncer, in transaction mode, before the server of a database. */
export interface PgBouncer {
  /** The address of the same database, through it. */
  through(databaseUrl: string): string
  stop(): Promise<void>
}

/** Of Debian's package `pgbouncer`, or where `PGBOUNCER` says; undefined: there is none. */
export function findPgBouncer(): string | undefined {
  const named = process.env['PGBOUNCER']
  if (named !== undefined && named !== '') return named
  return ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path))
}

/** @param databaseUrl any database of the server that it is to stand before */
export async function startPgBouncer(program: string, databaseUrl: string): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(databaseUrl)
  const folder = mkdtempSync(join(tmpdir(), 'tillpost-pgbouncer-'))
  chmodSync(folder, 0o755)
  const own = await freePort()
  const secret = password === '' ? '' : ` password=${decodeURIComponent(password)}`
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(
    config,
    [
      '[databases]',
      `* = host=${hostname} port=${port === '' ? '5432' : port} user=${username}${secret}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${own}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 4',
      'max_client_conn = 500',
      'ignore_startup_parameters = extra_float_digits',
    ].join('\n'),
  )
  // It refuses to run as root.
  const as = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program, [...as, config], { stdio: 'ignore' })
  const through = (url: string) => {
    const address = new URL(url)
    address.hostname = '127.0.0.1'
    address.port = String(own)
    return address.href
  }
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      await runOn(through(databaseUrl), 'select 1')
      break
    } catch (error) {
      if (Date.now() > deadline || child.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    through,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
