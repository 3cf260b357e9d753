import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../src/simulator/index.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

test('a data folder that cannot be one is named, with what to do', async () => {
  const file = join(await temporaryFolder(), 'data')
  await writeFile(file, '')
  const serve = tillpost(['serve'], { env: { TILLPOST_DATA: file } })
  expect(await serve.ended).toBe(2)
  expect(serve.stderr()).toContain(`${file} cannot be used to keep data in`)
  expect(serve.stderr()).toContain('TILLPOST_DATA')
  expect(serve.stderr()).not.toMatch(/^ +at /mu)
})

test.skipIf(!existsSync('/proc/self'))(
  'a data folder in a place that holds no files is refused at once, by every command that makes it',
  async () => {
    for (const command of ['serve', 'init', 'demo']) {
      const program = tillpost([command], {
        env: { TILLPOST_DATA: '/proc/tillpost/data', KLAVIYO_PRIVATE_KEY: 'pk_none' },
      })
      expect([command, await program.ended]).toEqual([command, 2])
      expect(program.stderr()).toContain('/proc/tillpost/data cannot be used to keep data in')
      expect(program.stderr()).not.toMatch(/^ +at /mu)
    }
  },
)

test('a data folder that is deleted while it runs: nothing more is taken, and log and health say so', async () => {
  const dataDir = join(await temporaryFolder(), 'data')
  const klaviyo = await startSimulator({
    accounts: [{ id: 'DISK01', name: 'Acme', privateKey: 'pk_disk' }],
  })
  onTestFinished(() => klaviyo.close())
  const env = {
    TILLPOST_DATA: dataDir,
    TILLPOST_PORT: '0',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: 'pk_disk',
  }
  const init = tillpost(['init', '--json'], { env })
  expect(await init.ended).toBe(0)
  const { writeKey } = JSON.parse(init.stdout()) as { writeKey: string }
  const serve = tillpost(['serve'], { env })
  const [, url] = await serve.says(/Tillpost is at (\S+)/u)
  const track = async () => {
    const body = JSON.stringify({ event: 'Gift Wrapped', userId: '7', writeKey })
    const { status } = await fetch(`${url}/v1/track`, { method: 'POST', body })
    return status
  }
  expect(await track()).toBe(200)

  await rm(dataDir, { recursive: true })
  await expect.poll(track, { timeout: 15_000 }).toBe(503)
  expect((await fetch(`${url}/health`)).status).toBe(503)
  expect(serve.stdout()).toContain('tillpost.db was deleted or replaced while it was in use')
  serve.kill('SIGTERM')
  expect(await serve.ended).toBe(0)
}, 40_000)

test('A53 a key ring that cannot be used is named, with what to do', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder(), TILLPOST_KEYS: 'short' }
  const serve = tillpost(['serve'], { env })
  expect(await serve.ended).toBe(2)
  expect(serve.stderr()).toContain('openssl rand -base64 32')
  expect(serve.stderr()).not.toMatch(/^ +at /mu)
})

test('init takes no country or currency that does not exist', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  for (const wrong of [
    ['--country', 'XX'],
    ['--country', 'Germany'],
    ['--currency', 'EURO'],
    ['--currency', 'E1R'],
  ]) {
    const init = tillpost(['init', ...wrong], { env })
    expect(await init.ended).toBe(2)
    expect(init.stderr()).toContain('It must be a')
  }
})

test('whoever reads only the beginning of what a command prints ends it without an error', async () => {
  const reader = spawn(process.execPath, ['src/cli/main.ts', 'explain', '-', '--json'], {
    env: { PATH: process.env.PATH, TILLPOST_DATA: await temporaryFolder() },
  })
  let complaint = ''
  reader.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  reader.stdout.destroy()
  reader.stdin.end('{"type":"track","event":"Gift Wrapped","userId":"7"}\n'.repeat(200))
  const [code] = await once(reader, 'close')
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' })
})
