import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { pattern } from '../server/pattern.ts'
import type { Action, EventAction } from './action.ts'
import type { Connection } from './connection.ts'
import type { Journaled } from './event.ts'
import type { Kit } from './kit.ts'
import type { Plan } from './mapper.ts'
import { settingsOf } from './mapping/presets.ts'
import { mapperOf } from './mapping/route.ts'
import { readEvent, type Reading } from './read-event.ts'
import type { PresetName, Settings } from './settings.ts'

/** What the tests of reading and mapping start from. */

export const kit: Kit = {
  phone: (text, country) => {
    const digits = text.replaceAll(/[\s()-]/g, '')
    if (/^\+\d{8,15}$/.test(digits)) return digits
    return country === 'DE' && /^0[1-9]\d{6,}$/.test(digits) ? `+49${digits.slice(1)}` : undefined
  },
  domain: (text) => {
    try {
      return new URL(`http://${text}`).hostname
    } catch {
      return undefined
    }
  },
  digest: (text) => createHash('sha256').update(text).digest('hex'),
  claims: () => undefined,
  pattern,
}

export const receivedAt = Date.UTC(2026, 10, 20, 12)
export const happenedAt = Date.UTC(2026, 10, 20, 11, 59)

export function connectionOf(
  preset: PresetName = 'storefront',
  differences: Partial<Omit<Settings, 'preset'>> = {},
  changes: Partial<Connection> = {},
): Connection {
  return {
    workspaceId: 'wsp_1',
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store: { id: 'sto_1', key: 'acme', domain: 'acme.example', country: 'DE' },
    version: 1,
    settings: settingsOf(preset, differences),
    state: 'connected',
    since: 0,
    ...changes,
  }
}

export function read(raw: unknown): Reading {
  return readEvent(raw, {
    receivedAt,
    storeCountry: 'DE',
    kit,
    newId: () => 'made-up-id',
    maxBytes: 1_000_000,
  })
}

/** The event as the journal gives it back, for a shopper with an email address unless it says otherwise. */
export function journaled(
  raw: Record<string, unknown>,
  changes: Partial<Journaled> = {},
): Journaled {
  const reading = read({
    type: 'track',
    messageId: 'm-1',
    timestamp: new Date(happenedAt).toISOString(),
    userId: 'u-1',
    ...raw,
  })
  if (reading.type === 'refused') throw new Error(`refused: ${reading.reason}`)
  return {
    workspaceId: 'wsp_1',
    sourceId: 'src_1',
    lane: 'live',
    seq: 1,
    messageId: reading.event.messageId,
    name: reading.name,
    event: reading.event,
    bodyBytes: reading.body.length,
    identifiers: { email: 'ana@shop.example', ...reading.identifiers },
    occurredAt: reading.occurredAt,
    receivedAt,
    ...changes,
  }
}

export function planOf(
  raw: Record<string, unknown>,
  connection: Connection = connectionOf(),
  changes: Partial<Journaled> = {},
  scopes?: ReadonlySet<string>,
): Plan {
  return mapperOf(connection, kit, scopes).plan(journaled(raw, changes))
}

/** Why it is not sent; undefined when it is. */
export function endOf(plan: Plan): string | undefined {
  return plan.type === 'end' ? plan.reason : undefined
}

export function actionsOf(plan: Plan): readonly Action[] {
  expect(plan).toMatchObject({ type: 'send' })
  return plan.type === 'send' ? plan.actions : []
}

export function eventsOf(plan: Plan): readonly EventAction[] {
  return actionsOf(plan).filter((action) => action.type === 'event')
}

/** The event that a track call becomes. */
export function sent(
  event: string,
  properties: Record<string, unknown> = {},
  connection: Connection = connectionOf(),
): EventAction {
  const [action] = eventsOf(planOf({ event, properties }, connection))
  if (action === undefined) throw new Error('no event was sent')
  return action
}
