import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { postEvents } from './post-events.ts'

/** A server that keeps the batches it gets and answers as told, the n-th request from 1. */
async function serverThat(answer: (n: number, response: ServerResponse) => void) {
  const batches: unknown[][] = []
  let requests = 0
  async function take(request: IncomingMessage, response: ServerResponse) {
    requests += 1
    const n = requests
    const body = (await json(request)) as { batch: unknown[] }
    batches.push(body.batch)
    answer(n, response)
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { target: { url, writeKey: 'wk_test' }, batches }
}

const events = (count: number, size = 1) =>
  Readable.from(
    Array.from({ length: count }, (_, n) => ({
      number: n + 1,
      event: { messageId: `m-${n}`, text: 'x'.repeat(size) },
    })),
  )

test('events go in batches of at most 100 and 400 KB, in order', async () => {
  const { target, batches } = await serverThat((_, response) => response.end('{}'))
  const taken: number[] = []
  expect(await postEvents(target, events(250), (count) => taken.push(count))).toEqual({
    taken: 250,
    refused: 0,
    problems: [],
  })
  expect(batches.map(({ length }) => length)).toEqual([100, 100, 50])
  expect(batches.flat().map((event) => (event as { messageId: string }).messageId)).toEqual(
    Array.from({ length: 250 }, (_, n) => `m-${n}`),
  )
  expect(taken).toEqual([100, 200, 250])

  batches.length = 0
  await postEvents(target, events(10, 150_000), () => {})
  expect(batches.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2])
})

test('a server that cannot take events now is asked again when it says', async () => {
  const { target, batches } = await serverThat((n, response) => {
    if (n === 1) response.writeHead(503, { 'retry-after': '0' }).end('busy')
    else response.end('{}')
  })
  expect(await postEvents(target, events(3), () => {})).toMatchObject({ taken: 3 })
  expect(batches).toHaveLength(2)
  expect(batches[0]).toEqual(batches[1])
})

test('events that the server refuses are named by their lines', async () => {
  const { target } = await serverThat((n, response) => {
    const refused = [{ index: 1, reason: 'refused_no_name', sentence: 'It needs a name.' }]
    response.end(n === 2 ? JSON.stringify({ success: true, refusedCount: 1, refused }) : '{}')
  })
  expect(await postEvents(target, events(150), () => {})).toEqual({
    taken: 149,
    refused: 1,
    problems: [{ line: 102, problem: 'It needs a name.' }],
  })
})

test('a server that refuses ends it, and the message says how far it got', async () => {
  const { target } = await serverThat((n, response) => {
    if (n === 1) response.end('{}')
    else response.writeHead(401).end('invalid write key')
  })
  const sending = postEvents(target, events(150), () => {})
  await expect(sending).rejects.toThrow(/401: invalid write key/u)
  await expect(sending).rejects.toThrow(/100 events were taken before that.* again/u)
  await expect(sending).rejects.toThrow(/write key right/u)
})
