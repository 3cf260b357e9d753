import type { Identifiers } from '../core/index.ts'
import type { Alias } from './alias.ts'
import { type At, findIdentifiers } from './event.ts'
import type { Appending, StoredEvent } from './rows.ts'
import type { Sql } from './sql.ts'

/** An event of lane `live` whose person is known, with the visitor whom it may reveal. */
export interface Revealing {
  readonly index: number
  readonly event: Appending
  readonly visitor: Alias
  readonly seq: number
}

/**
 * Keeps which of these events made a visitor known who has older events in the source; resolves with
 * their places. Once for a visitor: what he does from then on is known when it comes.
 */
export async function linkGuests(
  sql: Sql,
  revealing: readonly Revealing[],
): Promise<ReadonlySet<number>> {
  const asked: Revealing[] = []
  for (const one of revealing) {
    const { lookedIn } = one.visitor
    if (lookedIn.includes(one.event.sourceId)) continue
    lookedIn.push(one.event.sourceId)
    asked.push(one)
  }
  if (asked.length === 0) return new Set()
  const found = await sql.find(
    `select 1 as found
       from guest
      where workspace_id = $1 and source_id = $2 and anonymous_id = $3 and seq < $4
        and not exists (select 1 from link
                         where workspace_id = $1 and source_id = $2 and anonymous_id = $3)
      limit 1`,
    asked.map(({ event, visitor, seq }) => [event.workspaceId, event.sourceId, visitor.id, seq]),
  )
  const links = asked.filter((_, place) => found[place] !== undefined)
  await sql.each(
    'insert into link (workspace_id, source_id, anonymous_id, seq) values ($1, $2, $3, $4)',
    links.map(({ event, visitor, seq }) => [event.workspaceId, event.sourceId, visitor.id, seq]),
  )
  return new Set(links.map(({ index }) => index))
}

/** Ascending. */
export async function linksBetween(
  sql: Sql,
  at: { readonly workspaceId: string; readonly sourceId: string },
  from: number,
  to: number,
): Promise<readonly number[]> {
  const rows = await sql.query<{ seq: number }>(
    `select distinct seq
       from link
      where workspace_id = $1 and source_id = $2 and seq between $3 and $4
      order by seq`,
    [at.workspaceId, at.sourceId, from, to],
  )
  return rows.map(({ seq }) => seq)
}

/** Gives guests' events the identifiers of the event that made their visitor known, where there is one. */
export async function nameGuests(
  sql: Sql,
  at: At,
  events: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  if (at.lane !== 'live') return events
  const visitors = events.map(({ identifiers }) => visitorOf(identifiers))
  const guests = [...new Set(visitors)].filter((visitor) => visitor !== undefined)
  const links = await sql.find<{ seq: number }>(
    'select seq from link where workspace_id = $1 and source_id = $2 and anonymous_id = $3',
    guests.map((visitor) => [at.workspaceId, at.sourceId, visitor]),
  )
  const linked = new Map<string, number>()
  for (const [place, link] of links.entries())
    if (link !== undefined) linked.set(guests[place]!, link.seq)
  const found = await findIdentifiers(
    sql,
    Array.from(linked.values(), (seq) => ({ ...at, seq })),
  )
  const names = new Map(Array.from(linked.keys(), (visitor, place) => [visitor, found[place]]))
  return events.map((event, place) => {
    const identifiers = names.get(visitors[place] ?? '')
    return identifiers === undefined ? event : { ...event, identifiers }
  })
}

/** The anonymous id, where nothing else was known of the person. */
function visitorOf(identifiers: string): string | undefined {
  const { email, phone, externalId, anonymousId } = JSON.parse(identifiers) as Identifiers
  return (email ?? phone ?? externalId) === undefined ? anonymousId : undefined
}
