import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A server in a process of its own, that can be killed and started again on the same data. */
export interface Victim {
  readonly url: string
  /** SIGKILL, and the next one started at once. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

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
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  if (code !== 0)
    throw new Error(`tillpost ${args.join(' ')} ended with ${code}:\n${notes}${printed}`)
  return printed
}

/** Starts `tillpost serve` and waits until it listens. */
export async function startVictim(port: number, env: NodeJS.ProcessEnv): Promise<Victim> {
  let child = await listen(port, env)
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      const ended = exitOf(child)
      child.kill('SIGKILL')
      await ended
      child = await listen(port, env)
    },
    async stop() {
      const ended = exitOf(child)
      child.kill('SIGTERM')
      await ended
    },
  }
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve))
}

async function listen(port: number, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { ...process.env, ...env, TILLPOST_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}:\n${seen.join('\n')}`)))
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        seen.push(line)
        if (line.includes('Tillpost is at')) resolve()
      })
    }
  })
  child.removeAllListeners('exit')
  return child
}
