import { join } from 'node:path'
import { perSecond, whole } from './figure.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { startProcess } from './process.ts'
import type { Fill } from './processes/fill.ts'
import type { Floor } from './processes/floor.ts'
import type { Load } from './processes/load.ts'
import type { Tillpost } from './processes/tillpost.ts'
import { inPairs, median } from './rate.ts'
import { shops } from './shops.ts'

const pairs = 4
const roundMs = 2000
const sources = 10

/**
 * Events over HTTP until they are on the disk, beside the floor server. No source has a connection here:
 * delivering is measured by itself.
 */
export const ingest: Figure = {
  name: 'ingest',
  async run(bench) {
    const dataDir = bench.folder()
    const fill = startProcess<Fill>('fill')
    await fill.make({ dataDir, shops: sources, unconnected: true })
    await fill.end()
    const tillpost = startProcess<Tillpost>('tillpost')
    const floor = startProcess<Floor>('floor')
    const load = startProcess<Load>('load')
    const servers = {
      ours: { cpu: tillpost.cpu, port: await tillpost.start(dataDir, 'http://127.0.0.1:9') },
      floor: { cpu: floor.cpu, port: await floor.start(join(bench.folder(), 'floor.db')) },
    }
    const rows = [
      ...(await compare(bench, load, servers, { batch: 100, connections: 8 })),
      ...(await compare(bench, load, servers, { batch: 1, connections: 32 })),
    ]
    await Promise.all([tillpost.end(), floor.end(), load.end()])
    return rows
  },
}

let firstId = 0

interface Server {
  readonly port: number
  /** Milliseconds of processor time so far. */
  cpu(): Promise<number>
}

async function compare(
  bench: Bench,
  load: ReturnType<typeof startProcess<Load>>,
  servers: { readonly ours: Server; readonly floor: Server },
  how: { readonly batch: number; readonly connections: number },
): Promise<readonly Row[]> {
  const costs = { ours: [] as number[], floor: [] as number[] }
  const keys = shops(sources).map(({ writeKey }) => writeKey)
  const measure = async (which: 'ours' | 'floor', ms = roundMs) => {
    firstId += 10_000_000
    const server = servers[which]
    const before = await server.cpu()
    const {
      events,
      ms: tookMs,
      failed,
    } = await load.flood({
      ...how,
      port: server.port,
      keys,
      ms,
      firstId,
    })
    if (failed > 0) throw new Error(`${failed} requests were not taken.`)
    costs[which].push((((await server.cpu()) - before) * 1000) / events)
    const rate = (events * 1000) / tookMs
    bench.say(`  ${which === 'ours' ? 'Tillpost' : 'floor   '} ${perSecond(rate)}`)
    return rate
  }
  bench.say(how.batch === 1 ? 'single calls' : `batches of ${how.batch}`)
  await measure('ours', 1000)
  await measure('floor', 1000)
  const { ours, floor, ratio } = await inPairs(pairs, measure)
  const [cost, floorCost] = [median(costs.ours), median(costs.floor)]
  return [
    {
      what: `durable ingest over HTTP, ${how.batch === 1 ? 'single calls' : `batches of ${how.batch}`}`,
      measured: perSecond(ours),
      floor: perSecond(floor),
      ratio,
      bar: '80 % of the floor',
      met: ratio >= 0.8,
    },
    {
      what: '  processor time of an event',
      measured: `${whole(cost)} µs`,
      floor: `${whole(floorCost)} µs`,
      ratio: floorCost / cost,
      bar: 'none',
    },
  ]
}
