import { createReadStream, existsSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { kit } from '../server/kit.ts'
import { Failure, messageOf } from './failure.ts'

/** One line of a JSONL file, read. `number` counts from 1. */
export type EventLine =
  | { readonly type: 'event'; readonly number: number; readonly event: Record<string, unknown> }
  | { readonly type: 'bad'; readonly number: number; readonly problem: string }

/** The events of a JSONL file, or of stdin for `-`. Empty lines are passed over. */
export async function* eventLines(file: string): AsyncGenerator<EventLine> {
  let number = 0
  for await (const line of createInterface({ input: inputOf(file), crlfDelay: Infinity })) {
    number += 1
    if (line.trim() !== '') yield readLine(line, number)
  }
}

/** Throws a `Failure` that says what is wrong with the name. */
export function inputOf(file: string): NodeJS.ReadableStream {
  if (file === '-') return process.stdin
  if (!existsSync(file)) throw new Failure(`There is no file ${file}.`, 2)
  if (statSync(file).isDirectory()) throw new Failure(`${file} is a folder, not a file.`, 2)
  return createReadStream(file)
}

function readLine(line: string, number: number): EventLine {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return { type: 'bad', number, problem: `It is no JSON: ${messageOf(error)}` }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { type: 'bad', number, problem: 'It is no JSON object.' }
  }
  const event: Record<string, unknown> = { ...value }
  // Sent again, the same line must be the same event: its id comes from what it says and where it stands.
  const messageId = event.messageId ?? `line-${kit.digest(`${number}\n${line}`).slice(0, 32)}`
  return { type: 'event', number, event: { ...event, messageId } }
}
