import { connect } from 'node:net'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startRecorder, type Recorded } from './recorder.ts'

test('a request of a process that dies half-way is over; one that got through is answered', async () => {
  const target = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => outgoing.end('{}'))
  })
  await new Promise<void>((resolve) => {
    target.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    target.close().closeAllConnections()
  })
  const recorded: Recorded[] = []
  const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
  const recorder = await startRecorder('n0', url, recorded, () => 20)
  onTestFinished(() => recorder.close())

  expect((await fetch(recorder.url, { method: 'POST', body: 'x'.repeat(300_000) })).status).toBe(
    200,
  )
  const dying = connect(Number(new URL(recorder.url).port), '127.0.0.1')
  dying.write(
    `POST / HTTP/1.1\r\nhost: klaviyo\r\ncontent-length: 300000\r\n\r\n${'x'.repeat(100_000)}`,
  )
  await vi.waitFor(() => expect(recorded).toHaveLength(2))
  dying.destroy()
  await vi.waitFor(() => expect(recorded[1]?.to).toBeLessThan(Number.POSITIVE_INFINITY))
  expect(recorded.map(({ status }) => status)).toEqual([200, 0])
})
