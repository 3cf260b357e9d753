import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** `tillpost` as a process of its own. It ends with the test. */
export interface Program {
  /** Both streams, as they came. */
  readonly text: () => string
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the first match; rejects when the program ends without one. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<number | null>
}

export function tillpost(
  parameters: readonly string[],
  { env = {}, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Program {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: 'node_modules/.cache/node',
      ...env,
    },
  })
  child.stdin.end(input)
  const written = { stdout: '', stderr: '', text: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      written[name] += chunk.toString()
      written.text += chunk.toString()
      child.emit('written')
    })
  }
  let over = false
  const ended = once(child, 'close').then(([code]) => {
    over = true
    child.emit('written')
    return typeof code === 'number' ? code : null
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    text: () => written.text,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(written.text)
        if (match !== null) return match
        if (over) throw new Error(`It ended without ${String(pattern)}:\n${written.text}`)
        await once(child, 'written')
      }
    },
    kill: (signal) => void child.kill(signal),
    ended,
  }
}
