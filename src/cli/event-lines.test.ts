import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventLines } from './event-lines.ts'
import type { EventLine } from './event-lines.ts'

function ids(lines: readonly EventLine[]): readonly unknown[] {
  return lines.map((line) => (line.type === 'event' ? line.event.messageId : undefined))
}

async function all(file: string): Promise<readonly EventLine[]> {
  const lines: EventLine[] = []
  for await (const line of eventLines(file)) lines.push(line)
  return lines
}

async function linesOf(text: string): Promise<readonly EventLine[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'tillpost-')), 'events.jsonl')
  writeFileSync(file, text)
  return all(file)
}

test('a line that is no event is named, and costs its neighbours nothing', async () => {
  const lines = await linesOf('{"messageId":"a"}\n\n{oops\n[1]\nnull\r\n{"messageId":"b"}')
  expect(lines).toEqual([
    { type: 'event', number: 1, event: { messageId: 'a' } },
    { type: 'bad', number: 3, problem: expect.stringMatching(/no JSON/u) },
    { type: 'bad', number: 4, problem: 'It is no JSON object.' },
    { type: 'bad', number: 5, problem: 'It is no JSON object.' },
    { type: 'event', number: 6, event: { messageId: 'b' } },
  ])
})

test('M4 an event without a message id gets the same one each time, and a repeated line its own', async () => {
  const text = '{"event":"A"}\n{"event":"A"}\n'
  const first = ids(await linesOf(text))
  expect(ids(await linesOf(text))).toEqual(first)
  expect(new Set(first).size).toBe(2)
})

test('a file that is not there is a failure that names it', async () => {
  await expect(all('nowhere.jsonl')).rejects.toThrow('There is no file nowhere.jsonl.')
})
