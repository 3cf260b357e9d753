import type { Event } from '../event.ts'

/** What rules and mappings go by. */
export function eventNameOf(event: Event): string {
  const name = event.type === 'track' ? event.event : (event.name ?? event.event)
  if (typeof name === 'string') return name
  return event.type === 'screen' ? 'Viewed Screen' : event.type
}
