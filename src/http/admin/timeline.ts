import * as api from '../../api/index.ts'
import type { Connection, Identifiers } from '../../core/index.ts'
import { unmasked } from '../../core/index.ts'
import { eventPageOf, type FoundRow } from '../event-rows.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { placeIn } from './cursor.ts'
import { peopleOf } from './event-filter.ts'
import { lineOf, mapperFor, personShape } from './event-line.ts'
import type { AdminParts } from './parts.ts'
import { eyesOf } from './reveal.ts'
import { nothingHere, type Serve } from './serve.ts'

/** Of so many of the newest events the person's other names are read. */
const readEvents = 200
/** A name leads to events with another name, and so on; further than that it is hardly the same person. */
const mostRounds = 3
const mostNames = 50
const mostPages = 4

/** Everybody by whose name the shopper is known; visitors only where a later event told who they were. */
interface Names {
  readonly people: ReadonlySet<string>
  readonly visitors: ReadonlySet<string>
}

/** All events of a shopper, over everything that ties them together. */
export function serveTimeline(serve: Serve, parts: AdminParts): void {
  const { journal, secrets, kit } = parts

  serve(api.getTimeline, async (ask) => {
    const { params, query } = ask
    if (query.who !== undefined && query.event !== undefined) {
      throw new Problem(400, 'invalid_query', 'Give either `who` or `event`, not both.')
    }
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const list = `timeline:${params.workspaceId}:${connection.id}`
    const { limit, after } = placeIn<{ before: number; people: string[]; visitors: string[] }>(
      secrets,
      list,
      query,
    )
    const names =
      after === undefined
        ? await namesOf(connection, await givenIn(connection, query))
        : { people: new Set(after.people), visitors: new Set(after.visitors) }
    const page = await pageOf(connection, names, { limit, before: after?.before })
    const eyes = await eyesOf(parts, ask, query.event ?? 'timeline')
    const mapper = await mapperFor(parts, connection)
    return {
      people: knownAs(names).map((one) => personShape(one, eyes(one))),
      data: page.rows.map((row) => lineOf(row, mapper, eyes(row.identifiers))),
      looked: page.looked,
      masked: eyes() !== unmasked,
      next:
        page.before === undefined
          ? undefined
          : secrets.seal(
              JSON.stringify({
                before: page.before,
                people: [...names.people],
                visitors: [...names.visitors],
              }),
              `cursor:${list}`,
            ),
    }
  })

  /** Where others' events are among what was found, it is looked on for a while. */
  async function pageOf(
    connection: Connection,
    names: Names,
    { limit, before: start }: { readonly limit: number; readonly before: number | undefined },
  ) {
    const rows: FoundRow[] = []
    const person = [...names.people, ...names.visitors]
    let looked = 0
    let before = start
    for (let times = 0; times < mostPages && person.length > 0; times += 1) {
      const page = await eventPageOf(parts, connection, {
        limit,
        person,
        ...(before === undefined ? {} : { before }),
      })
      looked += page.looked
      rows.push(...(await theirs(connection, page.events, names)))
      if (rows.length > limit)
        return { rows: rows.slice(0, limit), before: rows[limit - 1]!.seq, looked }
      before = page.before
      if (before === undefined || rows.length === limit) break
    }
    return { rows, before, looked }
  }

  async function givenIn(
    connection: Connection,
    { who, event }: { readonly who?: string; readonly event?: string },
  ): Promise<readonly string[]> {
    if (who !== undefined) return peopleOf(who, connection, kit)
    if (event === undefined) return []
    const { workspaceId, id: connectionId, sourceId } = connection
    const story = await journal.story({
      workspaceId,
      connectionId,
      sourceId,
      messageId: event,
    })
    if (story === undefined) throw nothingHere()
    const [named] = await journal.readSome(story, [story.seq])
    const { email, phone, externalId, anonymousId } = named?.identifiers ?? story.identifiers
    return keysOf({
      ...(email === undefined ? {} : { email }),
      ...(externalId === undefined ? {} : { externalId }),
      // A number is often a family's, a browser a household's: only where nothing else is known.
      ...((email ?? externalId) === undefined && phone !== undefined ? { phone } : {}),
      ...((email ?? externalId ?? phone) === undefined && anonymousId !== undefined
        ? { anonymousId }
        : {}),
    })
  }

  async function namesOf(connection: Connection, given: readonly string[]): Promise<Names> {
    const people = new Set(given.filter((one) => !one.startsWith('anonymous:')))
    const visitors = new Set(given.filter((one) => one.startsWith('anonymous:')))
    const seen = new Set<string>()
    for (let round = 0; round < mostRounds; round += 1) {
      const before = people.size + visitors.size
      const { events } = await eventPageOf(parts, connection, {
        limit: readEvents,
        person: [...people, ...visitors],
      })
      for (const { identifiers } of await theirs(connection, events, { people, visitors })) {
        const { email, phone, externalId, anonymousId } = identifiers
        for (const key of keysOf(identifiers)) seen.add(key)
        for (const key of keysOf({
          ...(email === undefined ? {} : { email }),
          ...(externalId === undefined ? {} : { externalId }),
          ...((email ?? externalId) === undefined && phone !== undefined ? { phone } : {}),
        }))
          if (people.size < mostNames) people.add(key)
        if (anonymousId !== undefined && visitors.size < mostNames)
          visitors.add(`anonymous:${anonymousId}`)
      }
      if (people.size + visitors.size === before) break
    }
    // What was asked for may have been meant as several things.
    for (const set of [people, visitors])
      for (const key of set) if (seen.size > 0 && !seen.has(key)) set.delete(key)
    return { people, visitors }
  }

  /** Those of the rows that are the person's: a browser may be several people's, one after the other. */
  async function theirs(
    { workspaceId, sourceId }: Connection,
    rows: readonly FoundRow[],
    { people, visitors }: Names,
  ): Promise<readonly FoundRow[]> {
    const guests = rows.filter(({ identifiers }) => isGuest(identifiers)).map(({ seq }) => seq)
    // The journal says under which name a guest's event was sent.
    const named = await journal.readSome({ workspaceId, sourceId, lane: 'live' }, guests)
    const names = new Map(named.map(({ seq, identifiers }) => [seq, identifiers]))
    return rows.filter(({ seq, identifiers }) => {
      if (!isGuest(identifiers)) return keysOf(identifiers).some((key) => people.has(key))
      const told = names.get(seq) ?? identifiers
      return keysOf(told).some((key) => (isGuest(told) ? visitors : people).has(key))
    })
  }
}

function isGuest({ email, phone, externalId }: Identifiers): boolean {
  return (email ?? phone ?? externalId) === undefined
}

function keysOf({ email, phone, externalId, anonymousId }: Identifiers): string[] {
  return [
    ...(email === undefined ? [] : [`email:${email}`]),
    ...(phone === undefined ? [] : [`phone:${phone}`]),
    ...(externalId === undefined ? [] : [`id:${externalId}`]),
    ...(anonymousId === undefined ? [] : [`anonymous:${anonymousId}`]),
  ]
}

function knownAs({ people, visitors }: Names): readonly Identifiers[] {
  return [...people, ...visitors].map((key) => {
    const value = key.slice(key.indexOf(':') + 1)
    if (key.startsWith('email:')) return { email: value }
    if (key.startsWith('phone:')) return { phone: value }
    return key.startsWith('id:') ? { externalId: value } : { anonymousId: value }
  })
}
