import { type Event, type Identifiers, sameName } from '../../core/index.ts'
import type { EventFilters, FoundRow } from '../event-rows.ts'

/** Whether an event that is there already is among those asked for. As the journal's search has it. */
export function fits(
  { outcome, reason, name, identifiers, body }: FoundRow,
  filter: Omit<EventFilters, 'limit'>,
): boolean {
  if (filter.outcome !== undefined && outcome !== filter.outcome) return false
  if (filter.reason !== undefined && reason !== filter.reason) return false
  if (filter.names !== undefined && !filter.names.includes(sameName(name))) return false
  if (filter.person !== undefined && !isOf(identifiers, [filter.person].flat())) return false
  return filter.test === undefined || filter.test === isTest(body)
}

function isOf({ email, phone, externalId, anonymousId }: Identifiers, people: string[]): boolean {
  return people.some((person) => {
    const value = person.slice(person.indexOf(':') + 1)
    if (person.startsWith('email:')) return value === email
    if (person.startsWith('phone:')) return value === phone
    return person.startsWith('id:') ? value === externalId : value === anonymousId
  })
}

function isTest(body: string): boolean {
  return body.includes('"test":true') && (JSON.parse(body) as Event).context?.['test'] === true
}
