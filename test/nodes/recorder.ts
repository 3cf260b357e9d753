import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

/** One request of a node to Klaviyo. */
export interface Recorded {
  readonly node: string
  /** The key it was sent with: which account it is about. */
  readonly key: string
  readonly from: number
  /** When it was answered or given up; `Infinity`: not yet. */
  to: number
  /** 0: not answered. */
  status: number
}

/** Stands between a node and the simulator, and writes down what passes. */
export interface Recorder {
  readonly url: string
  close(): void
}

export async function startRecorder(
  node: string,
  target: string,
  recorded: Recorded[],
  delayMs: () => number,
): Promise<Recorder> {
  const server = createServer((incoming, outgoing) => {
    const key = incoming.headers.authorization ?? ''
    const line = { node, key, from: performance.now(), to: Number.POSITIVE_INFINITY, status: 0 }
    // What is only read back moves nothing.
    if (incoming.method !== 'GET') recorded.push(line)
    const done = (status: number) => {
      if (line.to !== Number.POSITIVE_INFINITY) return
      line.to = performance.now()
      line.status = status
    }
    setTimeout(() => pass(incoming, done), delayMs())

    function pass(asked: IncomingMessage, answered: (status: number) => void): void {
      const onward = request(
        new URL(asked.url ?? '/', target),
        { method: asked.method ?? 'GET', headers: asked.headers },
        (answer) => {
          answered(answer.statusCode ?? 0)
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(outgoing)
        },
      )
      // Of a node that dies while it asks, the simulator gets no whole request and answers none: it is over.
      pipeline(asked, onward, (error) => {
        if (error === undefined || error === null) return
        answered(0)
        outgoing.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Moments at which two nodes had a request for one account under way; each as a sentence. */
export function overlapsOf(recorded: readonly Recorded[]): readonly string[] {
  const overlaps: string[] = []
  /** By key: those that may not be over yet. */
  const open = new Map<string, readonly Recorded[]>()
  for (const one of recorded.toSorted((first, second) => first.from - second.from)) {
    const others = (open.get(one.key) ?? []).filter(({ to }) => to > one.from)
    for (const other of others)
      if (other.node !== one.node)
        overlaps.push(`${other.node} and ${one.node} for ${one.key} at ${Math.round(one.from)}`)
    open.set(one.key, [...others, one])
  }
  return overlaps
}
