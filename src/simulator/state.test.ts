import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from './index.ts'
import { bulk, call, closeAll, event, start } from './talk.suite.ts'

afterEach(closeAll)

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'simulator-')), 'klaviyo.ndjson')

test('a second start meets what the first one held: ids, keys, events, lists and what is told apart', async () => {
  const stateFile = newFile()
  const first = await startSimulator({ stateFile, accounts: [{ id: 'DEMO01', name: 'Demo' }] })
  const { privateKey } = first.account()
  const list = first.account().addList({ name: 'News' })
  await call(
    first,
    'POST',
    '/api/events',
    event({ unique_id: '1', value: 5, properties: { a: ['ü', 1] } }),
  )
  await call(first, 'POST', '/api/templates', {
    data: { type: 'template', attributes: { name: 'T', editor_type: 'CODE', html: '' } },
  })
  const before = first.events()
  await first.close()

  const second = await start({ stateFile })
  expect(second.account().privateKey).toBe(privateKey)
  expect(second.events()).toEqual(before)
  expect(second.lists()).toMatchObject([{ id: list.id, name: 'News' }])
  expect((await call(second, 'GET', '/api/templates')).body.data).toHaveLength(1)
  await call(second, 'POST', '/api/events', event({ unique_id: '1' }))
  expect(second.eventCount()).toBe(1)
  expect(second.metrics()).toHaveLength(1)
})

test('what is not visible yet at the end is not lost', async () => {
  const stateFile = newFile()
  const first = await startSimulator({ stateFile, visibleAfterMs: 60_000 })
  await call(first, 'POST', '/api/events', event())
  expect(first.eventCount()).toBe(0)
  await first.close()
  expect((await start({ stateFile })).eventCount()).toBe(1)
})

test('the file is written a moment after a change', async () => {
  const stateFile = newFile()
  const simulator = await start({ stateFile })
  await call(simulator, 'POST', '/api/events', event())
  await expect.poll(() => readable(stateFile), { timeout: 5000 }).toContain('Placed Order')
})

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

test('accounts and apps that are asked for again are the ones of the file', async () => {
  const options = {
    stateFile: newFile(),
    accounts: [{ name: 'Demo', privateKey: 'pk_demo' }],
    apps: [{ clientId: 'app', name: 'Tillpost', redirectUris: [], scopes: [] }],
  }
  const first = await startSimulator(options)
  const { id } = first.account()
  const app = first.addApp({ clientId: 'app', redirectUris: [], scopes: [] })
  await first.close()
  const second = await start(options)
  expect(second.account().id).toBe(id)
  expect(() => second.account('NOTHER')).toThrow('no account')
  const again = second.addApp({ clientId: 'app', redirectUris: [], scopes: [] })
  expect(again.integration).toEqual(app.integration)
})

test('an account of the file takes the key that is asked for now', async () => {
  const stateFile = newFile()
  const first = await startSimulator({
    stateFile,
    accounts: [{ id: 'DEMO01', privateKey: 'pk_1' }],
  })
  await first.close()
  const second = await start({ stateFile, accounts: [{ id: 'DEMO01', privateKey: 'pk_2' }] })
  const authorization = 'Klaviyo-API-Key pk_2'
  expect(await call(second, 'GET', '/api/accounts', undefined, { authorization })).toMatchObject({
    status: 200,
    body: { data: [{ id: 'DEMO01' }] },
  })
})

test('a program that is killed while it writes leaves a file that can be read', async () => {
  const stateFile = newFile()
  const bodyFile = `${stateFile}.body`
  const properties = { text: 'x'.repeat(500) }
  const events = Array.from({ length: 1000 }, (_, n) => ({ unique_id: `round-${n}`, properties }))
  writeFileSync(bodyFile, JSON.stringify(bulk(events)))
  const program = `
    const { readFileSync } = await import('node:fs')
    const { startSimulator } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    const simulator = await startSimulator({ stateFile: ${JSON.stringify(stateFile)}, limits: false })
    const { url } = simulator
    const headers = {
      authorization: 'Klaviyo-API-Key ' + simulator.account().privateKey,
      revision: '2026-07-15',
      'content-type': 'application/json',
    }
    const body = readFileSync(${JSON.stringify(bodyFile)}, 'utf8')
    for (let round = 0; ; round += 1) {
      await fetch(url + '/api/event-bulk-create-jobs', { method: 'POST', headers, body: body.replaceAll('round-', round + '-') })
      await simulator.save()
      process.stdout.write('saved\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let saves = 0
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      saves += chunk.toString().split('\n').length - 1
      if (saves >= 5) resolve()
    })
  })
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
  const simulator = await start({ stateFile })
  expect(simulator.eventCount()).toBeGreaterThanOrEqual(saves * 1000)
  expect(simulator.eventCount() % 1000).toBe(0)
})

test('a file that was cut short anywhere is said to be broken', async () => {
  const stateFile = newFile()
  const first = await startSimulator({ stateFile, accounts: [{ id: 'FIRST1' }, { id: 'SECND2' }] })
  await call(first, 'POST', '/api/events', event({ unique_id: '1' }))
  await call(first, 'POST', '/api/events', event({ unique_id: '2' }))
  await first.close()
  const whole = readFileSync(stateFile, 'utf8').trimEnd()
  for (let end = 1; end < whole.length; end += 37) {
    writeFileSync(stateFile, whole.slice(0, end))
    await expect(startSimulator({ stateFile })).rejects.toThrow('Move the file away')
  }
})

test('a broken file is said to be broken, with what to do', async () => {
  const stateFile = newFile()
  writeFileSync(stateFile, '{"format":"something else"}\n')
  await expect(startSimulator({ stateFile })).rejects.toThrow('Move the file away')
})
