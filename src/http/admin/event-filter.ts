import type { Connection, Kit, Outcome } from '../../core/index.ts'
import { identifiersOf } from '../../core/index.ts'
import type { EventFilters } from '../event-rows.ts'
import { Problem } from '../problem.ts'
import { isReason } from '../query.ts'
import { namesOf } from './metric-names.ts'

interface Asked {
  readonly outcome?: Outcome
  readonly reason?: string
  readonly event?: string
  readonly who?: string
  readonly test?: 'true' | 'false'
}

/** As the journal is asked. What is empty is not asked for. */
export function filterOf(
  { outcome, reason = '', event = '', who = '', test }: Asked,
  connection: Connection,
  kit: Kit,
): Omit<EventFilters, 'limit'> {
  if (reason !== '' && !isReason(reason)) {
    throw new Problem(400, 'invalid_query', 'There is no reason of this code.')
  }
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(isReason(reason) ? { reason } : {}),
    ...(event.trim() === '' ? {} : { names: [...namesOf(event, connection)] }),
    ...(who.trim() === '' ? {} : { person: peopleOf(who, connection, kit) }),
    ...(test === undefined ? {} : { test: test === 'true' }),
  }
}

/** Whom a text may name: an address is one, anything else may be several things. */
export function peopleOf(who: string, { store }: Connection, kit: Kit): readonly string[] {
  const text = who.trim()
  if (text.includes('@')) {
    const { email } = identifiersOf({ type: 'identify', traits: { email: text } }, kit, undefined)
    return [`email:${email ?? text.toLowerCase()}`, `id:${text}`]
  }
  const given = { type: 'identify', traits: { phone: text } } as const
  const { phone } = identifiersOf(given, kit, store.country)
  return [...(phone === undefined ? [] : [`phone:${phone}`]), `id:${text}`, `anonymous:${text}`]
}
