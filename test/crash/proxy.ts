import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** What a line between two does at the moment. What is held back arrives once it is open again. */
type Line =
  | 'open'
  /** Nothing passes either way, and nobody is told: a cable that was pulled. */
  | 'cut'
  /** What is asked arrives, what is answered does not. */
  | 'answers lost'
  /** The other way round. */
  | 'questions lost'
  /** Connections are refused. */
  | 'closed'

/** A line of the test's own between a server and what it calls. */
export interface Proxy {
  readonly port: number
  /** Where new connections lead; those there are stay. */
  target: number
  set(line: Line): void
  /** Breaks off all connections with a reset, in the middle of whatever they say. */
  reset(): void
  /** Breaks off each connection once so many more bytes have been asked on it. */
  resetAfter(bytes: number): void
  /** So many bytes a second each way; undefined: as fast as it goes. */
  drip(bytesPerSecond: number | undefined): void
  close(): Promise<void>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  /** Bytes until it breaks off. */
  left: number
}

const dripsPerSecond = 10

export async function startProxy(target: number): Promise<Proxy> {
  const pairs = new Set<Pair>()
  let line: Line = 'open'
  let rate: number | undefined

  const flows = (way: 'asks' | 'answers') =>
    line === 'open' ||
    (line === 'answers lost' && way === 'asks') ||
    (line === 'questions lost' && way === 'answers')

  function end(pair: Pair): void {
    pairs.delete(pair)
    for (const socket of [pair.near, pair.far]) socket.destroy()
  }

  function breakOff(pair: Pair): void {
    pairs.delete(pair)
    for (const socket of [pair.near, pair.far]) socket.resetAndDestroy()
  }

  /** Hands on what came; what may not flow yet waits in the sockets. */
  function pump(pair: Pair, way: 'asks' | 'answers'): void {
    const [from, to] = way === 'asks' ? [pair.near, pair.far] : [pair.far, pair.near]
    let dripping: NodeJS.Timeout | undefined
    const pass = () => {
      clearTimeout(dripping)
      dripping = undefined
      while (flows(way) && pairs.has(pair)) {
        const most = rate === undefined ? undefined : Math.ceil(rate / dripsPerSecond)
        const chunk = (
          most === undefined || from.readableLength <= most ? from.read() : from.read(most)
        ) as Buffer | null
        if (chunk === null) return
        to.write(chunk)
        if (way === 'asks' && (pair.left -= chunk.length) < 0) return breakOff(pair)
        if (most !== undefined) {
          dripping = setTimeout(pass, 1000 / dripsPerSecond)
          return
        }
      }
    }
    from.on('readable', () => {
      if (dripping === undefined) pass()
    })
    from.on('end', () => {
      // With a cut line nobody hears that the other has hung up.
      if (flows(way)) to.end()
    })
    from.on('error', () => end(pair))
    from.on('close', () => {
      if (flows(way)) end(pair)
    })
    passes.add(pass)
    to.on('close', () => passes.delete(pass))
  }
  const passes = new Set<() => void>()

  const proxy = {
    port: 0,
    target,
    set(next: Line) {
      line = next
      if (line === 'closed') for (const pair of pairs) breakOff(pair)
      for (const pass of passes) pass()
      for (const pair of pairs) if (pair.near.destroyed || pair.far.destroyed) end(pair)
    },
    reset() {
      for (const pair of pairs) breakOff(pair)
    },
    resetAfter(bytes: number) {
      for (const pair of pairs) pair.left = bytes
    },
    drip(bytesPerSecond: number | undefined) {
      rate = bytesPerSecond
      for (const pass of passes) pass()
    },
    async close() {
      for (const pair of pairs) end(pair)
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
  const server = createServer((near) => {
    if (line === 'closed') {
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const far = connect(proxy.target, '127.0.0.1')
    near.setNoDelay(true)
    far.setNoDelay(true)
    const pair: Pair = { near, far, left: Number.POSITIVE_INFINITY }
    pairs.add(pair)
    pump(pair, 'asks')
    pump(pair, 'answers')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
