import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { endWithUs } from './end-with-us.ts'

/** `tillpost serve` in a process of its own, which can be killed and started again on the same data. */
export interface ServerProcess {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** Resolves when it listens. */
  start(): Promise<void>
  /** Resolves when it is gone. */
  kill(): Promise<void>
  /** As an operator does. Rejects when it does not end with 0 within the 10 seconds that it may take. */
  stop(): Promise<void>
  /** SIGSTOP: it is there, and does nothing. */
  freeze(): void
  thaw(): void
  /** Its newest log lines, over all its lives. */
  readonly log: readonly string[]
  /** The most memory that this life of it took; undefined where the system does not tell. */
  peakMegabytes(): number | undefined
  /** Files, sockets and pipes that it has open; undefined where the system does not tell. */
  openFiles(): number | undefined
}

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

/** How long a start may take on a slow machine. */
const startMs = 60_000
const keptLines = 400

/** Runs a command to its end; resolves with its stdout. Rejects with what it printed when it fails. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  let notes = ''
  child.stderr.on('data', (chunk: Buffer) => (notes += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  if (code !== 0)
    throw new Error(`tillpost ${args.join(' ')} ended with ${code}:\n${notes}${printed}`)
  return printed
}

/** Not started yet. */
export function serverProcess(options: {
  readonly name: string
  readonly port: number
  readonly env: NodeJS.ProcessEnv
  readonly args?: readonly string[]
}): ServerProcess {
  const { name, port, env, args = [] } = options
  const log: string[] = []
  let child: ChildProcess | undefined

  const alive = (): ChildProcess => {
    if (child === undefined || hasEnded(child)) throw new Error(`${name} does not run.`)
    return child
  }

  async function end(signal: NodeJS.Signals): Promise<ChildProcess> {
    const dying = alive()
    const ended = exitOf(dying)
    dying.kill(signal)
    await ended
    return dying
  }

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return alive().pid ?? 0
    },
    async start() {
      if (child !== undefined && !hasEnded(child)) return
      child = spawn(process.execPath, [main, 'serve', ...args], {
        env: { ...process.env, ...env, TILLPOST_PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      endWithUs(child)
      await listening(child, log)
    },
    async kill() {
      await end('SIGKILL')
    },
    async stop() {
      const timer = setTimeout(() => child?.kill('SIGKILL'), 20_000)
      const { exitCode } = await end('SIGTERM').finally(() => clearTimeout(timer))
      if (exitCode !== 0)
        throw new Error(`${name} did not stop well (${exitCode}):\n${log.slice(-20).join('\n')}`)
    },
    freeze: () => void alive().kill('SIGSTOP'),
    thaw: () => void alive().kill('SIGCONT'),
    log,
    peakMegabytes: () => {
      const status = readOf(`/proc/${alive().pid}/status`)
      const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(status ?? '')?.[1]
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
    },
    openFiles: () => {
      try {
        return readdirSync(`/proc/${alive().pid}/fd`).length
      } catch {
        return undefined
      }
    },
  }
}

/** Resolves when it says where it is; rejects with what it printed when it ends before, or says nothing. */
function listening(child: ChildProcess, log: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => reject(new Error(`${why}\n${log.slice(-20).join('\n')}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      failed(`serve did not start within ${startMs} ms:`)
    }, startMs)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      failed(`serve ended with ${code ?? signal} before it listened:`)
    })
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line)
        if (log.length > keptLines) log.shift()
        if (!line.includes('Tillpost is at')) return
        clearTimeout(timer)
        resolve()
      })
    }
  })
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return hasEnded(child)
    ? Promise.resolve()
    : new Promise((resolve) => {
        child.once('exit', resolve)
      })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function readOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
