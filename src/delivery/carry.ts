import type { Action, Clock, Connection, Lane, LatestRow, Mapper, Way } from '../core/index.ts'
import { compose } from './compose.ts'
import type { Parcel, Unit } from './compose.ts'
import type { Freight } from './freight.ts'
import type { Item, Result } from './item.ts'
import type { Kept } from './kept.ts'
import type { Latest } from './latest.ts'
import { conclude } from './outcome.ts'
import { isolate } from './isolate.ts'
import { freeOf } from './order.ts'
import { request } from './request.ts'
import type { Line } from './request.ts'
import type { Suspect } from './suspect.ts'

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
  /** Only for what goes out later than its successors. */
  readonly outdated?: (item: Item, actions: readonly Action[]) => Promise<readonly Action[]>
  /** Gets the profile groups that were applied, for the next settlement. */
  readonly applied: LatestRow[]
}

/** Decides what is to be done with an item. One that has nothing to send is done. */
export function plan(mapper: Mapper, item: Item): void {
  if (item.plan !== undefined) return
  item.plannedBy = mapper
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
  const freight = await prepared(carrier, item)
  while (item.results.length < freight.length) {
    const next = freight[item.results.length]
    if (next === undefined) break
    item.results.push(...(await request(carrier.line, singleWay[next.action.type], [next])))
  }
  conclude(item, item.results)
}

/** What of a batch was sent already, when the rest has to wait. */
export interface Progress {
  readonly digest: string
  readonly results: Map<number, readonly Result[]>
  /** Which of it failed alone while nobody could be asked with. */
  readonly suspect: Suspect
}

/** A batch, put into requests. */
export interface Load {
  readonly parcels: readonly Parcel[]
  /** Everything that it carries; the parcels speak of it by its places here. */
  readonly freight: readonly Freight[]
  /** Which item each belongs to. */
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
  const freight: Freight[] = []
  const owners: Item[] = []
  for (const item of items) {
    for (const each of [...(item.guests ?? []), item]) {
      plan(carrier.mapper, each)
      if (each.plan?.type !== 'send') continue
      for (const one of await prepared(carrier, each)) {
        freight.push(one)
        owners.push(each)
      }
    }
  }
  const actions = freight.map(({ action }) => action)
  const parcels = compose(actions, carrier.line.destination)
  let ids = ''
  for (const action of actions) {
    ids += action.type === 'event' ? `${action.metric}\n${action.uniqueId}\n` : `${action.type}\n`
  }
  return { parcels, freight, owners, digest: digest(ids) }
}

/** How often the batch has failed so far: seldom, often enough to look for what is at fault, for long. */
export type Trouble = 'none' | 'some' | 'long'

/**
 * Sends a load; every item is done then. In trouble it looks for the events at fault. Where it throws, those are
 * done of which everything had its result before.
 */
export async function carryTogether(
  carrier: Carrier,
  items: readonly Item[],
  { parcels, freight, owners }: Load,
  progress: Progress,
  trouble: Trouble,
): Promise<void> {
  const results: Result[] = []
  const known = {
    anyone: trouble === 'long',
    others: async () => {
      const others = await othersThan(carrier, items)
      return others.length > 0 ? others : takenOf(parcels, freight, progress)
    },
    suspect: progress.suspect,
  }
  const seqsOf = (places: readonly number[]) =>
    places.flatMap((place) => freight[place]?.seqs ?? [])
  /** `came` gets the results, also those before a throw. */
  const send = async (number: number, way: Way, parts: readonly Freight[], came: Result[]) => {
    const before = progress.results.get(number)
    if (before !== undefined) came.push(...before)
    else if (trouble === 'none') came.push(...(await request(carrier.line, way, parts)))
    else await isolate(carrier.line, way, parts, known, came)
    progress.results.set(number, came)
  }
  /** By the actions that are about a person's profile alone: an event that did not bring what they say. */
  const stranded = new Map<readonly number[], Unit>()
  const brought = new Set<readonly number[]>()
  const note = (unit: Unit, result: Result) => {
    const { speaksFor, brings } = unit
    for (const place of speaksFor) results[place] = result
    if (brings === undefined || brought.has(brings)) return
    if (result.type === 'accepted' && result.repeated !== true) {
      for (const place of brings) results[place] = result
      brought.add(brings)
      stranded.delete(brings)
    } else stranded.set(brings, unit)
  }
  try {
    for (const [number, { way, units }] of parcels.entries()) {
      const parts = units.map(({ action, speaksFor, brings }) => ({
        action,
        seqs: seqsOf(brings === undefined ? speaksFor : [...speaksFor, ...brings]),
      }))
      const came: Result[] = []
      try {
        await send(number, way, parts, came)
      } finally {
        for (const [index, unit] of units.entries()) {
          const result = came[index]
          if (result !== undefined) note(unit, result)
        }
      }
    }
    // None of the events that should have brought a person's details did so: they go by themselves.
    let number = parcels.length
    for (const [brings, { action }] of stranded) {
      const { profile } = action
      const alone = { action: { type: 'profile', profile }, seqs: seqsOf(brings) } as const
      const came: Result[] = []
      await send(number, 'profile', [alone], came)
      for (const result of came) for (const place of brings) results[place] = result
      number += 1
    }
  } finally {
    closeAll(items, owners, results)
  }
  if (items.some(({ state }) => state !== 'done'))
    throw new Error('A request gave fewer results than it had actions.')
}

/** Those are done of which everything has a result, and whose visitor's history is done. */
function closeAll(
  items: readonly Item[],
  owners: readonly Item[],
  results: readonly Result[],
): void {
  const ofItem = new Map<Item, Result[]>()
  const open = new Set<Item>()
  for (const [place, owner] of owners.entries()) {
    const result = results[place]
    if (result === undefined) open.add(owner)
    const list = ofItem.get(owner)
    if (list === undefined) ofItem.set(owner, result === undefined ? [] : [result])
    else if (result !== undefined) list.push(result)
  }
  for (const item of items) {
    const guests = item.guests ?? []
    for (const guest of guests) if (!open.has(guest)) close(guest, ofItem.get(guest))
    if (!open.has(item) && !guests.some((guest) => open.has(guest))) close(item, ofItem.get(item))
  }
}

function close(item: Item, results: readonly Result[] | undefined): void {
  if (results === undefined) item.state = 'done'
  else conclude(item, results)
}

/**
 * An event of the batch that Klaviyo has taken already, where nobody else is left to ask with. It says nothing of
 * the person again, which may be older by now than what Klaviyo knows.
 */
function takenOf(
  parcels: readonly Parcel[],
  freight: readonly Freight[],
  { results }: Progress,
): readonly Freight[] {
  for (const [number, { way, units }] of parcels.entries()) {
    if (way !== 'events') continue
    for (const [index, result] of (results.get(number) ?? []).entries()) {
      const { action, speaksFor } = units[index] ?? {}
      if (result.type !== 'accepted' || action?.type !== 'event') continue
      const { identifiers } = action.profile
      const seqs = speaksFor?.flatMap((place) => freight[place]?.seqs ?? []) ?? []
      return [{ action: { ...action, profile: { identifiers } }, seqs }]
    }
  }
  return []
}

/** The next events of a few people who are not in the batch. */
async function othersThan(carrier: Carrier, items: readonly Item[]): Promise<readonly Freight[]> {
  const batch = items.flatMap((item) => [item, ...(item.guests ?? [])])
  const others: Freight[] = []
  for (const item of freeOf(await carrier.beyond(), batch)) {
    if (item.link) continue
    const [first] = await prepared(carrier, item)
    if (first?.action.type === 'event') others.push(first)
    if (others.length === 3) break
  }
  return others
}

async function prepared(carrier: Carrier, item: Item): Promise<Freight[]> {
  const { plan: planned, journaled } = item
  if (planned?.type !== 'send') return []
  const { latest, lane, connection, clock, applied } = carrier
  const actions = (await carrier.outdated?.(item, planned.actions)) ?? planned.actions
  await latest.load(actions)
  const late = clock.now() - journaled.occurredAt > connection.settings.lateAfterMs
  const backfill = lane === 'backfill' || late
  const seqs = [journaled.seq]
  const ready: Freight[] = []
  for (const asked of actions) {
    const current = latest.apply(asked, journaled, applied)
    const action = backfill && current.type === 'event' ? { ...current, backfill } : current
    ready.push({ action, seqs })
  }
  const first = ready[0]?.action
  if (carrier.kept !== undefined && first?.type === 'event') {
    await carrier.kept.load()
    const { profile, seqs: kept } = await carrier.kept.join(first.profile, journaled)
    ready[0] = { action: { ...first, profile }, seqs: [...kept, journaled.seq] }
    item.kept = kept
  }
  return ready
}
