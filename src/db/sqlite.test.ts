import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { JournalUnavailable, type Received } from '../core/index.ts'
import { DatabaseInUse, DatabaseNewer, openJournal } from './index.ts'
import { describeJournal, type OpenedForTest } from './journal.suite.ts'
import { describeSetup } from './setup.suite.ts'
import { describeTrail } from './trail.suite.ts'

const folders: string[] = []
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tillpost-db-'))
  folders.push(folder)
  return join(folder, 'data', 'tillpost.db')
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

async function openForTest(file: string): Promise<OpenedForTest> {
  const opened = await openJournal({ file })
  return { ...opened, reopen: () => openForTest(file) }
}

describeJournal('SQLite', () => openForTest(newFile()))
describeSetup('SQLite', () => openJournal({ file: newFile() }))
describeTrail('SQLite', () => openJournal({ file: newFile() }))

describe('an SQLite file', () => {
  test('is one process’s: a second one is told which file it is and what to do', async () => {
    const file = newFile()
    const first = await openJournal({ file })
    const second = openJournal({ file })
    await expect(second).rejects.toThrow(DatabaseInUse)
    await expect(second).rejects.toThrow(`${file} is in use by another Tillpost. Stop that one`)
    await first.close()
    const third = await openJournal({ file })
    await third.close()
  })

  test('of a newer version is not touched', async () => {
    const file = newFile()
    const first = await openJournal({ file })
    await first.close()
    const raw = new DatabaseSync(file)
    raw.exec(`insert into migration (number, name, at) values (99, '0099-later.sql', 0)`)
    raw.close()
    await expect(openJournal({ file })).rejects.toThrow(DatabaseNewer)
    await expect(openJournal({ file })).rejects.toThrow('at version 99')
  })

  test('F17 that is full takes nothing and says so; with room it goes on without a gap', async () => {
    const file = newFile()
    const small = await openJournal({ file, maxPages: 120 })
    let taken = 0
    let refusal: unknown
    while (refusal === undefined)
      try {
        await small.journal.append([event(`m${taken}`), event(`n${taken}`)])
        taken += 2
      } catch (error) {
        refusal = error
      }
    expect(refusal).toBeInstanceOf(JournalUnavailable)
    expect(refusal).toHaveProperty(
      'message',
      expect.stringContaining('the disk is full: make room'),
    )
    expect(taken).toBeGreaterThan(0)
    expect(await small.journal.read(at, 0, 10_000, 1e9)).toHaveLength(taken)
    await small.close()

    const again = await openJournal({ file, maxPages: 240 })
    const answers = await again.journal.append([event(`m${taken}`), event(`n${taken}`)])
    expect(answers.map(({ seq }) => seq)).toEqual([taken + 1, taken + 2])
    await again.close()
  })

  test('that lost an event is not read past the gap', async () => {
    const file = newFile()
    const first = await openJournal({ file })
    await first.journal.append(['a', 'b', 'c', 'd'].map((id) => event(id)))
    await first.close()
    const raw = new DatabaseSync(file)
    raw.exec('delete from event where seq = 3')
    raw.close()
    const second = await openJournal({ file })
    const read = await second.journal.read(at, 0, 10, 1e9)
    expect(read.map(({ seq }) => seq)).toEqual([1, 2])
    expect(await second.journal.read(at, 2, 10, 1e9)).toEqual([])
    await second.close()
  })

  test('F1 holds every answered event after its process was killed, and takes no double', async () => {
    const file = newFile()
    const answered = await killWhileAppending(file, 25)
    const { journal, ...opened } = await openJournal({ file })
    const read = await journal.read(at, 0, 1e6, 1e9)
    expect(answered.length).toBeGreaterThan(0)
    expect(read.length).toBeGreaterThanOrEqual(answered.length)
    expect(read.map(({ seq }) => seq)).toEqual(read.map((_, index) => index + 1))
    const seqs = new Map(read.map(({ messageId, seq }) => [messageId, seq]))
    for (const { messageId, seq } of answered) expect(seqs.get(messageId)).toBe(seq)
    const again = await journal.append(answered.map(({ messageId }) => event(messageId)))
    expect(again).toMatchObject(answered.map(({ seq }) => ({ seq, duplicate: true })))
    await opened.close()
  })

  test('that is another by now takes nothing more and says so; put back, it goes on', async () => {
    const file = newFile()
    const opened = await openJournal({ file })
    const { journal } = opened
    let count = 0
    const append = async () => journal.append([event(`m${(count += 1)}`)])
    await append()
    renameSync(file, `${file}.moved`)
    copyFileSync(`${file}.moved`, file)
    const refusal = async () => append().then(() => undefined, String)
    await expect
      .poll(refusal, { timeout: 5000 })
      .toContain(`${file} was deleted or replaced while it was in use.`)
    await expect(append()).rejects.toThrow(JournalUnavailable)

    renameSync(`${file}.moved`, file)
    await expect.poll(refusal, { timeout: 5000 }).toBeUndefined()
    const seqs = (await journal.read(at, 0, 1e5, 1e9)).map(({ seq }) => seq)
    expect(seqs.length).toBeLessThan(count)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    await opened.close()
  })

  test('that is closed answers that nothing can be written', async () => {
    const opened = await openJournal({ file: newFile() })
    await opened.close()
    await opened.close()
    await expect(opened.journal.append([event('m')])).rejects.toThrow(JournalUnavailable)
  })
})

/** A process appends one event after the other, says each that was answered, and is killed after `count`. */
async function killWhileAppending(
  file: string,
  count: number,
): Promise<{ messageId: string; seq: number }[]> {
  const program = `
    const { openJournal } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    const { journal } = await openJournal({ file: ${JSON.stringify(file)} })
    const event = ${event.toString()}
    const at = ${JSON.stringify(at)}
    for (let n = 0; ; n += 3) {
      const ids = [n, n + 1, n + 2].map((id) => 'm' + id)
      await Promise.all(ids.map(async (messageId) => {
        const [{ seq }] = await journal.append([event(messageId)])
        process.stdout.write(messageId + ' ' + seq + '\\n')
      }))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.split('\n').length > count) child.kill('SIGKILL')
  }
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return lines.map((line) => {
    const [messageId = '', seq] = line.split(' ')
    return { messageId, seq: Number(seq) }
  })
}

const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const

function event(messageId: string): Received {
  return {
    ...at,
    storeId: 'sto_1',
    event: { type: 'track', messageId },
    body: JSON.stringify({ type: 'track', messageId, filler: 'x'.repeat(8_000) }),
    name: 'Product Viewed',
    identifiers: {},
    occurredAt: 1,
    receivedAt: 1,
  }
}
