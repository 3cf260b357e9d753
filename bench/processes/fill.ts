import { readEvent } from '../../src/core/index.ts'
import type { Journal, Received } from '../../src/core/index.ts'
import { newBrowserKey } from '../../src/server/id.ts'
import { kit } from '../../src/server/kit.ts'
import { openData } from '../../src/server/open-data.ts'
import { wireEvents } from '../events.ts'
import type { WireEvent } from '../events.ts'
import { answerWith } from '../process.ts'
import { shop } from '../shops.ts'
import type { Shop } from '../shops.ts'

/** Makes a data folder: the shops, and what waits in their journals. */

const methods = { make }
export type Fill = typeof methods
answerWith(methods)

export interface Filling {
  readonly dataDir: string
  /** In PostgreSQL instead of a file in the folder. */
  readonly databaseUrl?: string | undefined
  readonly shops: number
  /** Events waiting; for all the shops alike, or for the last one alone. */
  readonly waiting?: number
  readonly who?: 'all' | 'last'
  /** Identify calls are left out: every event becomes events at Klaviyo. */
  readonly tracks?: boolean
  /** Stores and write keys only. */
  readonly unconnected?: boolean
}

async function make(filling: Filling): Promise<void> {
  const { dataDir, shops: count, waiting = 0, who = 'all', unconnected = false } = filling
  const { databaseUrl } = filling
  const data = await openData({ dataDir, ...(databaseUrl && { databaseUrl }) }, () => {})
  const { journal, config, secrets } = data
  const all = Array.from({ length: count }, (_, index) => shop(index))
  for (let at = 0; at < all.length; at += 500) {
    await Promise.all(
      all.slice(at, at + 500).map(async ({ connection, accountId, privateKey, writeKey }) => {
        const { workspaceId, store, sourceId, destinationId } = connection
        await config.addWorkspace({ id: workspaceId, name: workspaceId })
        await config.addStore({ ...store, workspaceId, name: store.id })
        const source = { workspaceId, id: sourceId, storeId: store.id, name: 'Shop', writeKey }
        await config.addSource({ ...source, browserKey: newBrowserKey(), enabled: true })
        if (unconnected) return
        const secret = secrets.seal(privateKey, destinationId)
        await config.addDestination({
          workspaceId,
          id: destinationId,
          accountId,
          secret,
          state: 'connected',
        })
        await config.addConnection(connection)
      }),
    )
  }
  if (waiting > 0) {
    const those = who === 'all' ? all : all.slice(-1)
    // The cursors first: a connection begins with what comes after it was made.
    await own(journal, those)
    await append(journal, those, waiting, filling.tracks ?? false)
  }
  await data.close()
}

/** As an engine that ran before and left nothing counted against the accounts' windows. */
async function own(journal: Journal, those: readonly Shop[]): Promise<void> {
  await journal.join({ id: 'fill', delivers: true, leaseMs: 60_000, alone: true })
  const ids = those.map(({ accountId }) => accountId)
  const leases = new Map(
    (await journal.claim(ids, { id: 'fill', most: ids.length })).map(
      (lease) => [lease.accountId, lease] as const,
    ),
  )
  for (const { accountId, connection } of those) {
    const { workspaceId, id: connectionId, sourceId } = connection
    const cursor = { workspaceId, connectionId, sourceId, lane: 'live' } as const
    const lease = leases.get(accountId)
    if (lease === undefined) throw new Error(`${accountId} could not be taken.`)
    await journal.adopt([{ lease, cursors: [cursor] }])
    const budget = JSON.stringify({ key: {}, app: {} })
    await journal.settle({
      fence: lease.fence,
      accountId,
      cursor,
      reasons: [],
      budget,
      now: Date.now(),
    })
  }
  await journal.leave('fill')
}

async function append(
  journal: Journal,
  those: readonly Shop[],
  waiting: number,
  tracks: boolean,
): Promise<void> {
  const pool = (await wireEvents(10_000))
    .filter(({ type }) => !tracks || type === 'track')
    .map(moldOf)
  const underWay = new Set<Promise<unknown>>()
  const portion = 500
  let id = 0
  for (let round = 0; id < waiting; round += 1) {
    // Other events every time that a shop's turn comes: the same orders twice would go out as one.
    const shift = round * portion * 7
    for (const { connection } of those) {
      if (id >= waiting) break
      const { workspaceId, sourceId, store } = connection
      const events: Received[] = []
      for (let n = 0; n < portion && id < waiting; n += 1, id += 1) {
        const mold = pool[(id + shift) % pool.length]
        if (mold === undefined) throw new Error('There are no events to fill with.')
        const where = { workspaceId, sourceId, storeId: store.id, lane: 'live' } as const
        events.push({ ...where, receivedAt: Date.now(), ...mold(id) })
      }
      const one = journal.append(events).finally(() => underWay.delete(one))
      underWay.add(one)
      if (underWay.size >= 8) await Promise.race(underWay)
    }
  }
  await Promise.all(underWay)
}

const digits = 12
const mark = '#'.repeat(digits)

type Cast = Omit<Received, 'workspaceId' | 'sourceId' | 'storeId' | 'lane' | 'receivedAt'>

/**
 * Reads an event once, and gives it again and again with ids of its own: Klaviyo would keep an order the first
 * time only.
 */
function moldOf(event: WireEvent): (id: number) => Cast {
  const properties = event['properties'] as Record<string, unknown> | undefined
  const marked = {
    ...event,
    messageId: `fill-${mark}`,
    ...(properties?.['order_id'] !== undefined && {
      properties: { ...properties, order_id: `ord_${mark}`, checkout_id: `chk_${mark}` },
    }),
  }
  const read = readEvent(marked, {
    receivedAt: Date.now(),
    kit,
    storeCountry: 'DE',
    newId: () => '',
    maxBytes: 1_000_000,
  })
  if (read.type !== 'ok') throw new Error('A bench event was refused.')
  const { type: _, body, event: first, ...rest } = read
  const pieces = body.split(mark)
  return (id) => {
    const number = String(id).padStart(digits, '0')
    const messageId = `fill-${number}`
    return { ...rest, event: { ...first, messageId }, body: pieces.join(number) }
  }
}
