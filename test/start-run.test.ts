import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

/** `node scripts/run.mjs` on a program of these lines. */
async function run(program: string, ...parameters: string[]) {
  const file = join(await temporaryFolder(), 'program.ts')
  await writeFile(file, program)
  const child = spawn(process.execPath, ['scripts/run.mjs', file, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
    'one',
    '--two',
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

test('a program that a signal ends gives the exit code that shells expect', async () => {
  const { ended } = await run(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`)
  expect(await ended).toMatchObject({ code: 137 })
})
