import { boundHeap } from '../../src/server/heap.ts'
import { startServer } from '../../src/server/start.ts'
import type { Server } from '../../src/server/start.ts'
import { answerWith } from '../process.ts'
import { shop } from '../shops.ts'

/** The server that is measured, as `tillpost serve` starts it. */

const methods = {
  start,
  idle,
  memory,
  peak,
  outcomes,
  setState,
  cpu,
  accounts,
}
export type Tillpost = typeof methods
answerWith(methods)

let server: Server | undefined
let peakBytes = 0
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, 100).unref()

async function start(dataDir: string, klaviyoUrl: string, databaseUrl?: string): Promise<number> {
  boundHeap()
  server = await startServer({
    environment: {
      dataDir,
      ...(databaseUrl !== undefined && { databaseUrl }),
      host: '127.0.0.1',
      port: { number: 0, given: true },
      klaviyoUrl,
      logLevel: 'error',
    },
  })
  return server.port
}

async function idle(): Promise<void> {
  await server?.engine.idle()
}

/** Bytes, after a collection of garbage where the process may ask for one. */
function memory(): { readonly rss: number; readonly heap: number } {
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss, heap: heapUsed }
}

/** The most that it took up since the last question, of all its threads. */
function peak(): number {
  const bytes = Math.max(peakBytes, process.memoryUsage.rss())
  peakBytes = 0
  return bytes
}

/** Milliseconds of processor time so far, of all its threads. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** That this node runs. */
function accounts(): number {
  return server?.engine.figures().accounts ?? 0
}

/** Where the shops' events stand, all together. */
async function outcomes(count: number, from = 0) {
  let waiting = 0
  let accepted = 0
  let other = 0
  for (let number = from; number < from + count; number += 1) {
    const { workspaceId, id: connectionId, sourceId } = shop(number).connection
    const standing = await server?.journal.standing({
      workspaceId,
      connectionId,
      sourceId,
      lane: 'live',
    })
    waiting += standing?.waiting ?? 0
    for (const [reason, events] of Object.entries(standing?.counts ?? {})) {
      if (reason === 'accepted' || reason === 'accepted_with_note') accepted += events
      else other += events
    }
  }
  return { waiting, accepted, other }
}

async function setState(number: number, state: 'connected' | 'paused'): Promise<void> {
  const { workspaceId, id } = shop(number).connection
  await server?.config.changeState(workspaceId, id, state)
  await server?.reload()
}
