import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { DatabaseSync } from 'node:sqlite'
import { answerWith } from '../process.ts'
import type { Methods } from '../process.ts'

/**
 * The least that durable ingest needs: `node:http`, `JSON.parse` of the body, one row with each event's
 * text in an SQLite file, a commit that is on the disk (WAL, FULL), the answer. No key is checked, nothing
 * is looked at or told apart. Requests that wait while a commit runs share the next one.
 *
 * The file has a thread of its own, as ours has: with the commits on the main thread it is slower.
 */
if (isMainThread) answerWith({ start, cpu })
else store()

export interface Floor extends Methods {
  start(file: string): Promise<number>
  cpu(): number
}

/** Milliseconds of processor time so far, of all its threads. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function start(file: string): Promise<number> {
  const thread = new Worker(new URL(import.meta.url), { workerData: file })
  let waiting: { texts: string[]; response: ServerResponse }[] = []
  let running: typeof waiting = []

  const commit = () => {
    running = waiting
    waiting = []
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(running.flatMap(({ texts }) => texts))
  }
  thread.on('message', () => {
    for (const { response } of running) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 16 })
      response.end('{"success":true}')
    }
    running = []
    if (waiting.length > 0) commit()
  })

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { batch?: unknown[] }
      const texts = (body.batch ?? [body]).map((event) => JSON.stringify(event))
      waiting.push({ texts, response })
      if (running.length > 0) return
      if (waiting.length === 1) setImmediate(() => running.length === 0 && commit())
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function store(): void {
  const db = new DatabaseSync(workerData as string)
  // The settings that Tillpost's own file has.
  db.exec(`pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = full;
           pragma wal_autocheckpoint = 4000; create table event (seq integer primary key, body text)`)
  const insert = db.prepare('insert into event (body) values (?)')
  parentPort?.on('message', (texts: readonly string[]) => {
    db.exec('begin immediate')
    for (const text of texts) insert.run(text)
    db.exec('commit')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(texts.length)
  })
}
