import { mapperOf, readEvent, settingsOf } from '../src/core/index.ts'
import type { Connection, Journaled, Kit } from '../src/core/index.ts'
import { kit } from '../src/server/kit.ts'
import { eventsBody } from '../src/klaviyo/events.ts'
import { wireEvents } from './events.ts'
import { rateOf } from './rate.ts'

export const benchConnection: Connection = {
  workspaceId: 'wsp_bench',
  id: 'con_bench',
  sourceId: 'src_bench',
  destinationId: 'dst_bench',
  store: { id: 'sto_bench', key: 'acme', currency: 'EUR', country: 'DE' },
  version: 1,
  settings: settingsOf('storefront'),
  state: 'connected',
  since: 0,
}

function journaledOf(raw: unknown, seq: number, k: Kit): Journaled {
  const read = readEvent(raw, {
    receivedAt: Date.parse('2026-01-15T12:00:00Z'),
    kit: k,
    newId: () => 'x',
    maxBytes: 1_000_000,
  })
  if (read.type !== 'ok') throw new Error('The bench event was refused.')
  return {
    workspaceId: 'wsp_bench',
    sourceId: 'src_bench',
    lane: 'live',
    seq,
    messageId: read.event.messageId,
    name: read.name,
    event: read.event,
    bodyBytes: read.body.length,
    identifiers: read.identifiers,
    occurredAt: read.occurredAt,
    receivedAt: Date.parse('2026-01-15T12:00:00Z'),
  }
}

/** Mapping alone: events in memory to actions in memory. */
export async function transformRate(): Promise<number> {
  const raw = await wireEvents(10_000)
  const events = raw.map((event, index) => journaledOf(event, index + 1, kit))
  const mapper = mapperOf(benchConnection, kit)
  let actions = 0
  const rate = rateOf(events.length, () => {
    for (const event of events) {
      const plan = mapper.plan(event)
      if (plan.type === 'send') actions += plan.actions.length
    }
  })
  if (actions === 0) throw new Error('Nothing was mapped.')
  return rate
}

/** JSON text of an event in, JSON text of Klaviyo requests (1,000 events each) out. */
export async function jsonToJsonRate(): Promise<number> {
  const lines = (await wireEvents(10_000)).map((event) => JSON.stringify(event))
  const mapper = mapperOf(benchConnection, kit)
  let bytes = 0
  const rate = rateOf(lines.length, () => {
    let actions = []
    for (const [index, line] of lines.entries()) {
      const plan = mapper.plan(journaledOf(JSON.parse(line), index, kit))
      if (plan.type !== 'send') continue
      for (const action of plan.actions) if (action.type === 'event') actions.push(action)
      if (actions.length >= 1000) {
        bytes += eventsBody(actions, new Map()).text.length
        actions = []
      }
    }
    if (actions.length > 0) bytes += eventsBody(actions, new Map()).text.length
  })
  if (bytes === 0) throw new Error('Nothing was written.')
  return rate
}

/** The least that the job needs: JSON.parse, a hand-written literal, JSON.stringify. */
export async function bareJsonRate(): Promise<number> {
  const lines = (await wireEvents(10_000)).map((event) => JSON.stringify(event))
  let bytes = 0
  const rate = rateOf(lines.length, () => {
    for (const line of lines) bytes += JSON.stringify(bare(JSON.parse(line))).length
  })
  if (bytes === 0) throw new Error('Nothing was written.')
  return rate
}

// oxlint-disable-next-line typescript/no-explicit-any -- the floor takes what comes without looking
function bare(event: any): unknown {
  const { properties = {}, traits, context, userId, messageId, originalTimestamp } = event
  const { email, firstName, lastName, phone } = traits ?? context.traits
  const profile = {
    data: {
      type: 'profile',
      attributes: { email, external_id: userId, first_name: firstName, last_name: lastName, phone_number: phone },
    },
  }
  if (event.type === 'identify') return profile
  return {
    data: {
      type: 'event',
      attributes: {
        properties: {
          ...properties,
          Items: properties.products?.map((line: Record<string, unknown>) => ({
            ProductID: line['product_id'],
            SKU: line['sku'],
            ProductName: line['name'],
            Quantity: line['quantity'],
            ItemPrice: line['price'],
          })),
        },
        time: originalTimestamp,
        value: properties.value,
        value_currency: properties.currency,
        unique_id: messageId,
        metric: { data: { type: 'metric', attributes: { name: event.event } } },
        profile,
      },
    },
  }
}
