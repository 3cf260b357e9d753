import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ImportStep } from '../src/core/index.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const privateKey = 'pk_config_cli'

/** A store that is set up and served, and `tillpost config …` beside it. */
async function served() {
  const klaviyo = await startSimulator({
    accounts: [{ id: 'CLI001', name: 'Acme', privateKey }],
  })
  onTestFinished(() => klaviyo.close())
  const folder = await temporaryFolder()
  const env = {
    TILLPOST_DATA: folder,
    TILLPOST_PORT: '0',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const init = tillpost(['init', '--name', 'Acme Shop', '--currency', 'EUR'], { env })
  expect(await init.ended).toBe(0)
  const server = tillpost(['serve'], { env })
  await server.says(/Tillpost is at/u)
  const config = (args: readonly string[], input?: string) => run(['config', ...args], env, input)
  const exported = async () => {
    const { code, stdout } = await config(['export'])
    expect(code).toBe(0)
    return stdout
  }
  const steps = async (args: readonly string[], input?: string): Promise<readonly ImportStep[]> => {
    const { code, stdout, stderr } = await config(['import', ...args, '--json'], input)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout) as readonly ImportStep[]
  }
  return { folder, config, exported, steps }
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv, input = '') {
  const program = tillpost(args, { env, input })
  const code = await program.ended
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

const doesOf = (steps: readonly ImportStep[]) => [...new Set(steps.map(({ does }) => does))]

test('M28 tillpost config writes a file that changes nothing where it comes from, however often it is imported', async () => {
  const { folder, config, exported, steps } = await served()
  const file = join(folder, 'shop.json')
  const written = await config(['export', file])
  expect([written.code, written.stdout]).toEqual([0, ''])
  expect(written.stderr).toContain(`Written to ${file}. Keys are not in it.`)
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(privateKey)
  expect(doesOf(await steps([file]))).toEqual(['leave'])
  expect(doesOf(await steps(['-'], text))).toEqual(['leave'])
  expect(await exported()).toBe(text)
}, 120_000)

test('M28 what is changed in the file is planned, done once, and then the same', async () => {
  const { folder, config, exported, steps } = await served()
  const before = await exported()
  const changed = JSON.parse(before)
  changed.stores.push({ key: 'north', name: 'North', currency: 'SEK' })
  changed.sources.push({ store: 'north', name: 'Web', enabled: true, browserMay: 'behaviour' })
  changed.connections[0].settings.adminTracking = true
  const file = join(folder, 'changed.json')
  writeFileSync(file, JSON.stringify(changed))

  const plan = await config(['import', file, '--plan'])
  expect(plan.code).toBe(0)
  expect(plan.stdout).toContain('Would be done')
  expect(plan.stdout).toMatch(/make +store +North/u)
  expect(plan.stdout).toContain('adminTracking: ')
  expect(await exported()).toBe(before)

  const done = await config(['import', file])
  expect([done.code, done.stderr]).toEqual([0, ''])
  expect(done.stdout).toMatch(/^Done/u)
  const after = JSON.parse(await exported())
  expect(after.stores.map(({ key }: { key: string }) => key)).toContain('north')
  expect(after.connections[0].settings.adminTracking).toBe(true)
  expect(doesOf(await steps([file]))).toEqual(['leave'])
  // The first file takes nothing away, and changes back what it names.
  const back = await steps(['-'], before)
  expect(back.filter(({ does }) => does !== 'leave')).toMatchObject([
    { what: 'connection', does: 'change', changes: [{ field: 'adminTracking', from: true }] },
  ])
}, 120_000)

test('M28 a file that is none, of another version, or wrong somewhere is refused with what is wrong, and nothing is done', async () => {
  const { folder, config, exported } = await served()
  const before = await exported()
  const file = JSON.parse(before)
  const store = { key: 'north', name: 'North' }
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', 'stores:', /That is no JSON/u],
    ['nothing', '{}', /no configuration of Tillpost.*`tillpost config export`/u],
    ['another file', '{"name":"tillpost","version":"1.0.0"}', /no configuration of Tillpost/u],
    ['a list', '[]', /no configuration of Tillpost/u],
    [
      'a newer version',
      JSON.stringify({ ...file, format: 99 }),
      /format 99, and this version of Tillpost reads format 1\. Import it with a newer version/u,
    ],
    ['no version', JSON.stringify({ ...file, format: undefined }), /"format": 1.*Export it again/u],
    [
      'half of it',
      JSON.stringify({ ...file, sources: undefined, connections: undefined }),
      /lacks sources, connections\. Export it again, or add what is missing/u,
    ],
    [
      'a field that does not exist',
      JSON.stringify({ ...file, stores: [{ ...store, colour: 'red' }] }),
      /stores\[0\]\.colour/u,
    ],
    [
      'a store named twice',
      JSON.stringify({ ...file, stores: [store, store] }),
      /stores\/1: .*twice/u,
    ],
    [
      'a rule that cannot be',
      JSON.stringify({
        ...file,
        connections: [{ ...file.connections[0], settings: { rules: [{ decision: 'dance' }] } }],
      }),
      /connections\[0\]\.settings\.rules/u,
    ],
  ]
  await Promise.all(
    wrong.map(async ([what, text, said]) => {
      const { code, stdout, stderr } = await config(['import', '-'], text)
      expect([what, code, stdout]).toEqual([what, 1, ''])
      expect([what, stderr]).toEqual([what, expect.stringMatching(said)])
      expect(stderr).not.toMatch(/^ +at /mu)
    }),
  )
  const [missing, elsewhere] = await Promise.all([
    config(['import', join(folder, 'none.json')]),
    config(['export', '--workspace', 'wsp_none']),
  ])
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('none.json')])
  expect([elsewhere.code, elsewhere.stderr]).toEqual([
    1,
    expect.stringContaining('There is no such workspace'),
  ])
  expect(await exported()).toBe(before)
}, 120_000)

test('M28 config says how it is used, and that it needs a running server', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const asked = (...args: readonly string[]) => run(['config', ...args], env)
  const [help, ofExport, ofImport, wrong, unknown, stopped] = await Promise.all([
    asked('--help'),
    asked('export', '--help'),
    asked('import', '--help'),
    asked('import'),
    asked('import', 'shop.json', '--colour'),
    asked('export'),
  ])
  expect([help.code, ofExport.code, ofImport.code]).toEqual([0, 0, 0])
  expect(help.stdout).toContain('tillpost config import shop.json')
  expect(ofExport.stdout).toContain('Usage: tillpost config export')
  expect(ofImport.stdout).toContain('--plan')
  expect([wrong.code, unknown.code]).toEqual([2, 2])
  expect([stopped.code, stopped.stderr]).toEqual([
    1,
    expect.stringContaining('Start it with `tillpost serve`'),
  ])
}, 120_000)
