import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startSimulator } from './index.ts'
import { call, closeAll, event, start } from './talk.suite.ts'

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

test('a broken file is said to be broken, with what to do', async () => {
  const stateFile = newFile()
  writeFileSync(stateFile, '{"format":"something else"}\n')
  await expect(startSimulator({ stateFile })).rejects.toThrow('Move the file away')
})
