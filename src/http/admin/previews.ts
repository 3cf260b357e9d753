import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Action,
  type Connection,
  type Event,
  type Explanation,
  explainPlan,
  type FoundEvent,
  type Journaled,
  type Json,
  type JsonObject,
  mapperOf,
  type Mask,
  type ProfileInput,
} from '../../core/index.ts'
import { destinationOf } from '../overview.ts'
import { connectionOf } from './connections.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { eyesOf } from './reveal.ts'
import type { Serve } from './serve.ts'
import { needSettings, withChanges } from './settings.ts'

type Preview = Static<typeof api.previewSettings.answer & {}>
type Row = Preview['data'][number]

/** What changed settings would make of the newest events, beside what today's make of them. */
export function servePreviews(serve: Serve, parts: AdminParts): void {
  const { config, journal, kit } = parts

  serve(api.previewSettings, async (ask): Promise<Preview> => {
    const { workspaceId, connectionId } = ask.params
    const { settings: changes, events: limit = 20, name } = ask.body
    needSettings(changes, kit)
    const connection = await connectionOf(parts, workspaceId, connectionId)
    const destination = await destinationOf(config, connection)
    const scopes = destination?.scopes === undefined ? undefined : new Set(destination.scopes)
    const changed = { ...connection, settings: withChanges(connection.settings, changes) }
    const today = mapperOf(connection, kit, scopes)
    const then = mapperOf(changed, kit, scopes)
    const eyes = await eyesOf(parts, ask, 'previews')
    const data = (await newest(connection, limit, name)).map((found): Row => {
      const event = journaledOf(found)
      const mask = eyes(found.identifiers)
      const before = explainPlan(today.plan(event), event)
      const after = explainPlan(then.plan(event), event)
      const differences = differencesOf(before, after, mask)
      return {
        messageId: found.messageId,
        name: mask.text(found.name),
        receivedAt: isoOf(found.receivedAt),
        changed: before.outcome !== after.outcome || differences.length > 0,
        before: sideOf(before, mask),
        after: sideOf(after, mask),
        differences,
      }
    })
    return {
      looked: data.length,
      changed: data.filter((row) => row.changed).length,
      before: countsOf(data.map((row) => row.before)),
      after: countsOf(data.map((row) => row.after)),
      data,
    }
  })

  async function newest(
    { workspaceId, sourceId, id }: Connection,
    limit: number,
    name: string | undefined,
  ): Promise<readonly FoundEvent[]> {
    const query = {
      workspaceId,
      sourceId,
      connectionId: id,
      limit,
      ...(name === undefined ? {} : { names: [name] }),
    }
    const found: FoundEvent[] = []
    let before: number | undefined
    // What is rare is looked for a while, and not for good.
    for (let step = 0; step < maxSteps && found.length < limit; step += 1) {
      const page = await journal.search({ ...query, ...(before === undefined ? {} : { before }) })
      found.push(...page.events)
      before = page.before
      if (before === undefined) break
    }
    return found.slice(0, limit)
  }
}

const maxSteps = 20

function journaledOf(found: FoundEvent): Journaled {
  const { workspaceId, sourceId, lane, seq, messageId, name, identifiers, body } = found
  return {
    workspaceId,
    sourceId,
    lane,
    seq,
    messageId,
    name,
    identifiers,
    // Our own text: it was read as an event before it was kept.
    event: JSON.parse(body) as Event,
    bodyBytes: body.length,
    occurredAt: found.occurredAt,
    receivedAt: found.receivedAt,
  }
}

function sideOf({ outcome, reason, rule, lines, actions }: Explanation, mask: Mask): Row['before'] {
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(rule === undefined ? {} : { rule }),
    lines: [...lines],
    events: actions
      .filter((action) => action.type === 'event')
      .slice(0, maxShown)
      .map(({ metric, value, currency, properties }) => ({
        metric: textOf(metric),
        ...(value === undefined ? {} : { value }),
        ...(currency === undefined ? {} : { currency }),
        properties: Object.entries(properties)
          .slice(0, maxShown)
          .map(([name, one]) => shownField(mask, name, one)),
      })),
  }
}

function countsOf(sides: readonly Row['before'][]): Preview['before'] {
  const count = (outcome: Row['before']['outcome']) =>
    sides.filter((side) => side.outcome === outcome).length
  return { send: count('send'), wait: count('wait'), drop: count('not sent') }
}

const maxShown = 60
const maxText = 300

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text
}

/** People are hidden by the name of a field too. */
function shownField(mask: Mask, name: string, value: Json | undefined) {
  const masked = mask.json({ [name]: value }) as JsonObject
  const [shown = name] = Object.keys(masked)
  return { name: shown, value: textOf(masked[shown]) }
}

/** Field by field: what is only there, and what is otherwise. */
function differencesOf(before: Explanation, after: Explanation, mask: Mask): Row['differences'] {
  const was = fieldsOf(before.actions)
  const is = fieldsOf(after.actions)
  const differences: Row['differences'] = []
  for (const field of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(field), is.get(field)]
    if (old === now) continue
    const name = field.split(' · ').at(-1)!
    const shown = (text: string) => shownField(mask, name, JSON.parse(text) as Json).value
    differences.push({
      field: mask.text(field),
      ...(old === undefined ? {} : { before: shown(old) }),
      ...(now === undefined ? {} : { after: shown(now) }),
    })
    if (differences.length === maxShown) break
  }
  return differences
}

/** Each as JSON, so that it can be compared. */
function fieldsOf(actions: readonly Action[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const action of actions) {
    const title = titleOf(action)
    const count = (counts.get(title) ?? 0) + 1
    counts.set(title, count)
    const start = count === 1 ? title : `${title} ${count}`
    add(start, recordOf(action))
    if (action.type === 'event') add('profile', personIn(action.profile))
  }
  return fields

  function add(title: string, record: JsonObject): void {
    for (const [name, value] of Object.entries(record)) {
      if (value !== undefined) fields.set(`${title} · ${name}`, JSON.stringify(value))
    }
  }
}

function titleOf(action: Action): string {
  return action.type === 'event' ? textOf(action.metric) : action.type
}

function personIn({ attributes, properties, groups = [] }: ProfileInput): JsonObject {
  return Object.assign({}, attributes, properties, ...groups.map((group) => group.properties))
}

function recordOf(action: Action): JsonObject {
  switch (action.type) {
    case 'event': {
      const { uniqueId, value, currency, properties } = action
      return { uniqueId, value, currency, ...properties }
    }
    case 'profile':
      return personIn(action.profile)
    case 'subscribe':
    case 'unsubscribe':
      return { channels: action.channels, list: action.listId }
    default:
      return action satisfies never
  }
}
