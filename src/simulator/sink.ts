import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that accepts everything, and looks at nothing but the number of events. */
export interface Sink {
  readonly url: string
  readonly port: number
  requests(): number
  /** Counts of bulk requests are taken from the text, without parsing it. */
  events(): number
  close(): Promise<void>
}

/** Opens a sink: for benches that measure the sender, not the receiver. */
export async function startSink(
  options: { readonly port?: number; readonly host?: string } = {},
): Promise<Sink> {
  const { port = 0, host = '127.0.0.1' } = options
  let requests = 0
  let events = 0
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const isBulk = request.url?.startsWith('/api/event-bulk-create-jobs') === true
    if (isBulk) request.on('data', (chunk: Buffer) => (events += countEvents(chunk)))
    else request.resume()
    request.on('end', () => {
      requests += 1
      if (!isBulk) events += 1
      response.writeHead(202, { 'content-length': '0' })
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    requests: () => requests,
    events: () => events,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

// A mark that is cut by a chunk's end is missed: the count is close, and cheap.
const mark = Buffer.from('"type":"metric"')

function countEvents(chunk: Buffer): number {
  let count = 0
  let at = chunk.indexOf(mark)
  while (at >= 0) {
    count += 1
    at = chunk.indexOf(mark, at + mark.length)
  }
  return count
}
