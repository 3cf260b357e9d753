import { AliasBook, AliasMemory, type Known } from './alias.ts'
import { lockAnchors } from './anchor.ts'
import { beginDays, newestDays, today } from './day.ts'
import { addEvents, type At, findIdentifiers, headsIn } from './event.ts'
import { addGuests, type Guest } from './guest.ts'
import { identify, isKnown, personOf } from './identity.ts'
import { linkGuests, type Revealing } from './link.ts'
import type { Appending, AppendResult } from './rows.ts'
import type { SeenIds } from './seen.ts'
import type { Sql, Value } from './sql.ts'
import { together } from './together.ts'

/** What appends remember from one to the next. Right only while nobody else writes to the database. */
export class Memory {
  readonly aliases = new AliasMemory()
  readonly seen: SeenIds

  constructor(seen: SeenIds) {
    this.seen = seen
  }

  /** After a transaction that failed: what it had noted never happened. */
  forget(): void {
    this.aliases.clear()
    this.seen.forget()
  }
}

/** One answer for each list. In a transaction. */
export async function append(
  sql: Sql,
  memory: Memory,
  lists: readonly (readonly Appending[])[],
): Promise<readonly AppendResult[]> {
  const events = lists.length === 1 ? lists[0]! : lists.flat()
  const digests = events.map((event) => memory.seen.digestOf(event))
  const { seqs, fresh, repeated, days } = await number(sql, memory.seen, events, digests)

  const book = new AliasBook(memory.aliases)
  const aliases = await book.open(
    sql,
    fresh.map((index) => events[index]!),
  )
  const rows: (readonly Value[])[] = []
  const revealing: Revealing[] = []
  const guests: Guest[] = []
  const completed = new Map<number, string>()
  for (const [place, index] of fresh.entries()) {
    const event = events[index]!
    const seq = seqs[index]!
    const known = identify(book, event, aliases[place]!)
    const identifiers = identifiersText(known, event.anonymousId)
    if (isMore(known, event)) completed.set(index, identifiers)
    const { workspaceId, sourceId, anonymousId } = event
    if (event.lane === 'live' && !isKnown(known)) {
      if (anonymousId !== null) guests.push({ workspaceId, sourceId, anonymousId, seq })
    } else if (event.lane === 'live') {
      const { anonymous, previousAnonymous } = aliases[place]!
      if (anonymous !== undefined) revealing.push({ index, event, visitor: anonymous, seq })
      if (previousAnonymous !== undefined)
        revealing.push({ index, event, visitor: previousAnonymous, seq })
    }
    rows.push([
      event.workspaceId,
      event.sourceId,
      event.lane,
      seq,
      event.messageId,
      event.type,
      event.name,
      personOf(known),
      event.anonymousId,
      identifiers,
      event.occurredAt,
      event.receivedAt,
      event.body,
      days[place]!,
    ])
  }
  const [, links] = await together([
    addEvents(sql, rows),
    addGuests(sql, guests).then(() => linkGuests(sql, revealing)),
    memory.seen.add(
      sql,
      fresh.map((index) => {
        const { workspaceId, lane, receivedAt } = events[index]!
        return { workspaceId, digest: digests[index]!, lane, seq: seqs[index]!, receivedAt }
      }),
    ),
    book.save(sql),
  ])
  const again = [...repeated]
  const firsts = await findIdentifiers(
    sql,
    again.map(([index, lane]) => ({ ...events[index]!, lane, seq: seqs[index]! })),
  )
  for (const [place, [index]] of again.entries()) {
    const identifiers = firsts[place]
    if (identifiers !== undefined) completed.set(index, identifiers)
  }
  return split(lists, { seqs, repeated, links, completed })
}

/**
 * Gives the new ones the next numbers of their lanes, and those seen before the number they had then. `days`:
 * where the new ones are kept, in the order of `fresh`.
 */
async function number(
  sql: Sql,
  seenIds: SeenIds,
  events: readonly Appending[],
  digests: readonly string[],
): Promise<{ seqs: number[]; fresh: number[]; repeated: Map<number, At['lane']>; days: number[] }> {
  const named = new Map<string, At>()
  let last: At | undefined
  for (const event of events) {
    if (last === undefined || !isSame(event, last)) named.set(laneName(event), event)
    last = event
  }
  const at = [...named.values()]
  // First the lock, and the numbers by later statements: only so is a number visible before its successor.
  await lockAnchors(sql, events)
  const [newest, day, seen] = await together([
    newestDays(sql, at),
    today(sql),
    seenIds.find(
      sql,
      events.map(({ workspaceId }, index) => ({ workspaceId, digest: digests[index]! })),
    ),
  ])
  const heads = await headsIn(sql, at, newest)
  const lanes = new Map<string, Lane>()
  for (const [place, name] of [...named.keys()].entries()) {
    // A database whose clock was set back goes on in the day that it had reached.
    const written = Math.max(day, newest[place]!)
    const isNew = written > newest[place]!
    lanes.set(name, { at: at[place]!, head: heads[place]!, day: written, isNew })
  }

  const taken = new Map<string, { lane: At['lane']; seq: number }>()
  let lane: Lane | undefined
  last = undefined
  const seqs: number[] = []
  const fresh: number[] = []
  const days: number[] = []
  const begun: Lane[] = []
  const repeated = new Map<number, At['lane']>()
  for (const [index, event] of events.entries()) {
    const digest = digests[index]!
    const before = seen[index] ?? taken.get(digest)
    if (before !== undefined) {
      repeated.set(index, before.lane)
      seqs.push(before.seq)
      continue
    }
    if (lane === undefined || last === undefined || !isSame(event, last))
      lane = lanes.get(laneName(event))!
    last = event
    if (lane.isNew) {
      lane.isNew = false
      begun.push({ ...lane })
    }
    lane.head += 1
    taken.set(digest, { lane: event.lane, seq: lane.head })
    fresh.push(index)
    days.push(lane.day)
    seqs.push(lane.head)
  }
  await beginDays(
    sql,
    begun.map(({ at: { workspaceId, sourceId, lane: name }, head, day: begins }) => ({
      workspaceId,
      sourceId,
      lane: name,
      day: begins,
      firstSeq: head + 1,
    })),
  )
  return { seqs, fresh, repeated, days }
}

/** A lane that is written to. */
interface Lane {
  readonly at: At
  /** Its newest number so far. */
  head: number
  readonly day: number
  /** Its newest day is older. */
  isNew: boolean
}

function laneName({ workspaceId, sourceId, lane }: At): string {
  return `${workspaceId} ${sourceId} ${lane}`
}

function isSame(one: At, other: At): boolean {
  return (
    one.sourceId === other.sourceId &&
    one.lane === other.lane &&
    one.workspaceId === other.workspaceId
  )
}

function isMore(known: Known, event: Appending): boolean {
  return (
    known.email !== event.email ||
    known.phone !== event.phone ||
    known.externalId !== event.externalId
  )
}

/** Written by hand: an object of four texts takes `JSON.stringify` several times as long. */
function identifiersText({ email, phone, externalId }: Known, anonymousId: string | null): string {
  let text = ''
  if (email !== null) text += `,"email":${JSON.stringify(email)}`
  if (phone !== null) text += `,"phone":${JSON.stringify(phone)}`
  if (externalId !== null) text += `,"externalId":${JSON.stringify(externalId)}`
  if (anonymousId !== null) text += `,"anonymousId":${JSON.stringify(anonymousId)}`
  return `{${text.slice(1)}}`
}

function split(
  lists: readonly (readonly Appending[])[],
  all: {
    readonly seqs: readonly number[]
    readonly repeated: ReadonlyMap<number, unknown>
    readonly links: ReadonlySet<number>
    readonly completed: ReadonlyMap<number, string>
  },
): AppendResult[] {
  let start = 0
  return lists.map((list) => {
    const from = start
    start += list.length
    const duplicates: number[] = []
    const links: number[] = []
    const completed: [number, string][] = []
    for (let place = 0; place < list.length; place += 1) {
      const index = from + place
      if (all.repeated.has(index)) duplicates.push(place)
      if (all.links.has(index)) links.push(place)
      const identifiers = all.completed.get(index)
      if (identifiers !== undefined) completed.push([place, identifiers])
    }
    return { seqs: all.seqs.slice(from, start), duplicates, links, completed }
  })
}
