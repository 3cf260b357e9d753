import type { Action, Clock, Connection, Lane, LatestRow, Mapper, Way } from '../core/index.ts'
import { compose } from './compose.ts'
import type { Parcel, Unit } from './compose.ts'
import { keysOf } from './item.ts'
import type { Item, Result } from './item.ts'
import type { Kept } from './kept.ts'
import type { Latest } from './latest.ts'
import { conclude } from './outcome.ts'
import { isolate } from './isolate.ts'
import { request } from './request.ts'
import type { Line } from './request.ts'

/** Everything that turns items into requests, for one connection and lane. */
export interface Carrier {
  readonly line: Line
  readonly mapper: Mapper
  readonly latest: Latest
  /** Only where profiles may not be written by themselves. */
  readonly kept: Kept | undefined
  readonly connection: Connection
  readonly lane: Lane
  readonly clock: Clock
  /** Some of the events after those that it carries, planned. */
  readonly beyond: () => Promise<readonly Item[]>
  /** Gets the profile groups that were applied, for the next settlement. */
  readonly applied: LatestRow[]
}

/** Decides what is to be done with an item. One that has nothing to send is done. */
export function plan(mapper: Mapper, item: Item): void {
  if (item.plan !== undefined) return
  const planned = mapper.plan(item.journaled)
  item.plan =
    planned.type === 'send' && planned.actions.length === 0
      ? { type: 'end', reason: 'nothing_to_send' }
      : planned
  if (item.plan.type === 'send') return
  item.reason = item.plan.reason
  // A visitor's waiting history still goes out before an event that itself has nothing to send.
  if (!item.link) item.state = 'done'
}

const singleWay: Readonly<Record<Action['type'], Way>> = {
  event: 'event',
  profile: 'profile',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
}

/** The way of the next request that the item needs when it goes alone; undefined: none. */
export function nextWayOf(item: Item): Way | undefined {
  if (item.plan?.type !== 'send') return item.link ? 'event' : undefined
  const action = item.plan.actions[item.results.length]
  return action === undefined ? undefined : singleWay[action.type]
}

/** Sends an item by itself: its guests' history first, then its actions, one request after the other. */
export async function carryAlone(carrier: Carrier, item: Item): Promise<void> {
  for (const guest of item.guests ?? []) {
    plan(carrier.mapper, guest)
    if (guest.state !== 'done') await carryAlone(carrier, guest)
  }
  if (item.plan?.type !== 'send') {
    item.state = 'done'
    return
  }
  const actions = await prepared(carrier, item)
  while (item.results.length < actions.length) {
    const action = actions[item.results.length]
    if (action === undefined) break
    item.results.push(...(await request(carrier.line, singleWay[action.type], [action])))
  }
  conclude(item, item.results)
}

/** What of a batch was sent already, when the rest has to wait. */
export interface Progress {
  readonly digest: string
  readonly results: Map<number, readonly Result[]>
  /** What the account had accepted when the batch first failed. */
  acceptedBefore?: number
}

/** A batch, put into requests. */
export interface Load {
  readonly parcels: readonly Parcel[]
  /** Which item each action belongs to. */
  readonly owners: readonly Item[]
  /** Of what it will send: the same again has the same. */
  readonly digest: string
}

/** Puts items (with their guests' history) into as few requests as Klaviyo takes. */
export async function load(
  carrier: Carrier,
  items: readonly Item[],
  digest: (text: string) => string,
): Promise<Load> {
  const actions: Action[] = []
  const owners: Item[] = []
  for (const item of items) {
    for (const each of [...(item.guests ?? []), item]) {
      plan(carrier.mapper, each)
      if (each.plan?.type !== 'send') continue
      for (const action of await prepared(carrier, each)) {
        actions.push(action)
        owners.push(each)
      }
    }
  }
  const parcels = compose(actions, carrier.line.destination)
  let ids = ''
  for (const action of actions) {
    ids += action.type === 'event' ? `${action.metric}\n${action.uniqueId}\n` : `${action.type}\n`
  }
  return { parcels, owners, digest: digest(ids) }
}

/** How often the batch has failed so far: seldom, often enough to look for what is at fault, for long. */
export type Trouble = 'none' | 'some' | 'long'

/** Sends a load; every item is done then. In trouble it looks for the events at fault. */
export async function carryTogether(
  carrier: Carrier,
  items: readonly Item[],
  { parcels, owners }: Load,
  progress: Progress,
  trouble: Trouble,
): Promise<void> {
  const results: Result[] = []
  const { acceptedBefore } = progress
  const elsewhere = acceptedBefore !== undefined && carrier.line.gate.accepted > acceptedBefore
  const send = async (number: number, way: Way, actions: readonly Action[]) => {
    const came =
      progress.results.get(number) ??
      (trouble === 'none'
        ? await request(carrier.line, way, actions)
        : await isolate(
            carrier.line,
            way,
            actions,
            trouble === 'long',
            () => othersThan(carrier, items),
            elsewhere,
          ))
    progress.results.set(number, came)
    return came
  }
  const stranded: Unit[] = []
  for (const [number, { way, units }] of parcels.entries()) {
    const came = await send(
      number,
      way,
      units.map(({ action }) => action),
    )
    for (const [index, unit] of units.entries()) {
      const result = came[index]
      if (result === undefined) throw new Error('A request gave fewer results than it had actions.')
      for (const place of unit.speaksFor) results[place] = result
      if (unit.brings !== undefined && result.type !== 'accepted') stranded.push(unit)
    }
  }
  // The event that should have brought a person's details did not get there: they go by themselves.
  const { scopes } = carrier.line.destination
  if (scopes === undefined || scopes.has('profiles:write')) {
    for (const [place, { action, brings = [] }] of stranded.entries()) {
      const { profile } = action
      const [result] = await send(parcels.length + place, 'profile', [{ type: 'profile', profile }])
      if (result !== undefined) for (const own of brings) results[own] = result
    }
  }
  const ofItem = new Map<Item, Result[]>()
  for (const [place, owner] of owners.entries()) {
    const result = results[place]
    if (result === undefined) continue
    const list = ofItem.get(owner)
    if (list === undefined) ofItem.set(owner, [result])
    else list.push(result)
  }
  for (const item of items) {
    for (const guest of item.guests ?? []) close(guest, ofItem.get(guest))
    close(item, ofItem.get(item))
  }
}

function close(item: Item, results: readonly Result[] | undefined): void {
  if (results === undefined) item.state = 'done'
  else conclude(item, results)
}

/** The next events of a few people who are not in the batch, and have nothing before them. */
async function othersThan(carrier: Carrier, items: readonly Item[]): Promise<readonly Action[]> {
  const busy = new Set(items.flatMap((item) => [item, ...(item.guests ?? [])]).flatMap(keysOf))
  const actions: Action[] = []
  for (const item of await carrier.beyond()) {
    const keys = keysOf(item)
    const free = !item.link && keys.every((key) => !busy.has(key))
    for (const key of keys) busy.add(key)
    const [action] = free ? await prepared(carrier, item) : []
    if (action?.type === 'event') actions.push(action)
    if (actions.length === 3) break
  }
  return actions
}

async function prepared(carrier: Carrier, item: Item): Promise<Action[]> {
  const { plan: planned, journaled } = item
  if (planned?.type !== 'send') return []
  const { latest, lane, connection, clock, applied } = carrier
  await latest.load(planned.actions)
  const late = clock.now() - journaled.occurredAt > connection.settings.lateAfterMs
  const backfill = lane === 'backfill' || late
  const ready: Action[] = []
  for (const action of planned.actions) {
    const current = latest.apply(action, journaled, applied)
    ready.push(backfill && current.type === 'event' ? { ...current, backfill } : current)
  }
  const first = ready[0]
  if (carrier.kept !== undefined && first?.type === 'event') {
    await carrier.kept.load()
    const { profile, seqs } = await carrier.kept.join(first.profile, journaled)
    ready[0] = { ...first, profile }
    item.kept = seqs
  }
  return ready
}
