import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

/** `node scripts/run.mjs` on a program of these lines. */
async function run(
  program: string,
  { parameters = [], shell = false }: { parameters?: readonly string[]; shell?: boolean } = {},
) {
  const file = join(await temporaryFolder(), 'program.ts')
  await writeFile(file, program)
  const command = [process.execPath, 'scripts/run.mjs', file, ...parameters]
  // npm runs a script in a shell, and says so.
  const [first = '', ...rest] = shell ? ['sh', '-c', `${command.join(' ')}; true`] : command
  const env = { ...process.env, ...(shell ? { npm_lifecycle_event: 'start' } : {}) }
  const child = spawn(first, rest, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = once(child, 'exit').then(([code]: unknown[]) => ({ code, out }))
  const says = async (text: string) => {
    while (!out.includes(text)) await once(child.stdout, 'data')
  }
  return { child, ended, says }
}

test('a program runs with its arguments, this Node first in PATH, and its exit code comes back', async () => {
  const { ended } = await run(
    `console.log(JSON.stringify(process.argv.slice(2)), process.env.PATH!.split(':')[0])
     const code: number = 7
     process.exit(code)`,
    { parameters: ['one', '--two'] },
  )
  const { code, out } = await ended
  expect(code).toBe(7)
  expect(out.trim()).toBe(`["one","--two"] ${join(process.execPath, '..')}`)
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s reaches the program once', async (signal) => {
  const { child, ended, says } = await run(
    `let times = 0
     process.on('${signal}', () => { times += 1; setTimeout(() => { console.log('got', times); process.exit(0) }, 100) })
     setInterval(() => {}, 1000)
     console.log('ready')`,
  )
  await says('ready')
  child.kill(signal)
  expect(await ended).toMatchObject({ code: 0, out: 'ready\ngot 1\n' })
})

test('a signal that ends npm alone ends the program too', async () => {
  const program = `process.on('SIGTERM', () => { console.log('told'); process.exit(0) })
    setInterval(() => {}, 1000)
    console.log('ready')`
  const { child, ended, says } = await run(program, { shell: true })
  await says('ready')
  child.kill('SIGTERM')
  await says('told')
  expect((await ended).code).not.toBe(0)
})

test('a program that a signal ends gives the exit code that shells expect', async () => {
  const { ended } = await run(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`)
  expect(await ended).toMatchObject({ code: 137 })
})
