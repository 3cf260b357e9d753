import { mapperOf, readEvent, withIdentifiers } from '../src/core/index.ts'
import type { EventAction, ProfileAction } from '../src/core/index.ts'
import { journaledOf } from '../src/db/rows.ts'
import type { StoredEvent } from '../src/db/rows.ts'
import { kit } from '../src/server/kit.ts'
import { eventsBody } from '../src/klaviyo/events.ts'
import { profilesBody } from '../src/klaviyo/profiles.ts'
import { wireEvents } from './events.ts'
import { perSecond } from './figure.ts'
import type { Figure } from './figure.ts'
import { inPairs, median, rateFor } from './rate.ts'
import { shop } from './shops.ts'

const benchConnection = { ...shop(0).connection, version: 1 }

const at = { workspaceId: 'wsp_bench', sourceId: 'src_bench', lane: 'live' } as const
const receivedAt = Date.parse('2026-01-15T12:00:00Z')

function storedOf(raw: unknown, index: number): StoredEvent {
  const read = readEvent(raw, { receivedAt, kit, newId: () => 'x', maxBytes: 1_000_000 })
  if (read.type !== 'ok') throw new Error('A bench event was refused.')
  return {
    seq: index + 1,
    messageId: read.event.messageId,
    name: read.name,
    identifiers: JSON.stringify(read.identifiers),
    occurredAt: read.occurredAt,
    receivedAt,
    body: read.body,
  }
}

const rounds = 7
const roundMs = 700

/** Mapping alone: events in memory to actions in memory. */
export const transform: Figure = {
  name: 'transform',
  async run() {
    const mapper = mapperOf(benchConnection, kit)
    const events = (await wireEvents(10_000)).map((raw, index) => {
      const readBack = journaledOf(at, storedOf(raw, index))
      // Parsed before: what is read back is parsed whenever it is planned.
      return withIdentifiers(readBack, readBack.identifiers)
    })
    let actions = 0
    const round = () => {
      for (const event of events) {
        const plan = mapper.plan(event)
        if (plan.type === 'send') actions += plan.actions.length
      }
    }
    rateFor(roundMs, events.length, round)
    const rates = Array.from({ length: rounds }, () => rateFor(roundMs, events.length, round))
    if (actions === 0) throw new Error('Nothing was mapped.')
    const rate = median(rates)
    return [
      {
        what: 'transform only, one thread',
        measured: perSecond(rate),
        ratio: rate / 150_000,
        bar: '150,000/s',
        met: rate >= 150_000,
      },
    ]
  },
}

/**
 * JSON text of an event as the journal holds it in, JSON text of Klaviyo requests (1,000 events each) out.
 * Reading what comes from outside is part of ingest, and measured there.
 */
export const jsonToJson: Figure = {
  name: 'json',
  async run() {
    const stored = (await wireEvents(10_000)).map(storedOf)
    const lines = stored.map(({ body }) => body)
    const mapper = mapperOf(benchConnection, kit)
    let bytes = 0
    const ours = () => {
      let actions: EventAction[] = []
      let profiles: ProfileAction[] = []
      for (const [index, event] of stored.entries()) {
        const plan = mapper.plan(journaledOf(at, event))
        if (plan.type !== 'send') continue
        for (const action of plan.actions) {
          if (action.type === 'event') actions.push(action)
          else if (action.type === 'profile') profiles.push(action)
        }
        if (actions.length < 1000 && index < stored.length - 1) continue
        bytes += Buffer.from(eventsBody(actions, new Map()).text).length
        bytes += Buffer.from(profilesBody(profiles, new Map()).text).length
        actions = []
        profiles = []
      }
    }
    const floor = () => {
      for (const line of lines) {
        for (const request of bare(JSON.parse(line))) {
          bytes += Buffer.from(JSON.stringify(request)).length
        }
      }
    }
    const measure = (which: 'ours' | 'floor') =>
      rateFor(roundMs, lines.length, which === 'ours' ? ours : floor)
    measure('ours')
    measure('floor')
    const pairs = await inPairs(rounds, measure)
    if (bytes === 0) throw new Error('Nothing was written.')
    return [
      {
        what: 'JSON in to Klaviyo request JSON out, one thread',
        measured: perSecond(pairs.ours),
        floor: perSecond(pairs.floor),
        ratio: pairs.ratio,
        bar: '70 % of the floor, 50,000/s',
        met: pairs.ratio >= 0.7 && pairs.ours >= 50_000,
      },
    ]
  },
}

/**
 * The least that the job needs: JSON.parse, a hand-written literal, JSON.stringify; an order's lines are
 * events too.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the floor takes what comes without looking
function bare(event: any): readonly unknown[] {
  const { properties = {}, traits, context, userId, messageId, originalTimestamp } = event
  const { email, firstName, lastName, phone } = traits ?? context.traits
  const profile = {
    data: {
      type: 'profile',
      attributes: {
        email,
        external_id: userId,
        first_name: firstName,
        last_name: lastName,
        phone_number: phone,
      },
    },
  }
  if (event.type === 'identify') return [profile]
  const { products, ...rest } = properties
  const made = bareEvent(event.event, profile, messageId, originalTimestamp, {
    ...rest,
    Items: products?.map((line: Record<string, unknown>) => ({
      ...line,
      ProductID: line['product_id'],
      SKU: line['sku'],
      ProductName: line['name'],
      Quantity: line['quantity'],
      ItemPrice: line['price'],
    })),
  })
  if (event.event !== 'Order Completed') return [made]
  return [
    made,
    ...products.map((line: Record<string, unknown>, index: number) =>
      bareEvent('Ordered Product', profile, `${messageId}:${index}`, originalTimestamp, {
        ...line,
        OrderId: rest.order_id,
        ProductID: line['product_id'],
        ProductName: line['name'],
      }),
    ),
  ]
}

function bareEvent(
  name: string,
  profile: object,
  id: string,
  time: string,
  properties: Readonly<Record<string, unknown>>,
): unknown {
  return {
    data: {
      type: 'event',
      attributes: {
        properties,
        time,
        value: properties['value'],
        value_currency: properties['currency'],
        unique_id: id,
        metric: { data: { type: 'metric', attributes: { name } } },
        profile,
      },
    },
  }
}
