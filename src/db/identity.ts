import { type Aliases, type Known, nobody } from './alias.ts'
import type { Appending } from './rows.ts'

/**
 * Completes what an event says of its person by what earlier events of the store said, and notes what
 * it reveals itself. Events have to come in the order of their numbers.
 */
export function identify(aliases: Aliases, event: Appending): Known {
  const { userId, anonymousId, previousId } = event
  let known: Known = { email: event.email, phone: event.phone, externalId: event.externalId }
  if (userId !== null) known = completed(known, aliases.get(event, 'user', userId))
  if (previousId !== null) known = completed(known, aliases.get(event, 'user', previousId))
  if (anonymousId !== null) {
    const visitor = aliases.get(event, 'anonymous', anonymousId)
    // Two people who share a browser share an anonymous id: what is known of one is not the other's.
    if (!differ(known, visitor)) {
      known = completed(known, visitor)
      if (userId === null && known.externalId !== null)
        known = completed(known, aliases.get(event, 'user', known.externalId))
    }
  }
  if (userId !== null && (known.email !== null || known.phone !== null))
    aliases.set(event, 'user', userId, known)
  if (isKnown(known)) {
    if (anonymousId !== null) aliases.set(event, 'anonymous', anonymousId, known)
    if (previousId !== null) aliases.set(event, 'anonymous', previousId, known)
  }
  return known
}

/** Whether there is anything by which Klaviyo could know the person, other than the anonymous id. */
export function isKnown(known: Known): boolean {
  return known.email !== null || known.phone !== null || known.externalId !== null
}

/** The identifier that names the person in lists. Undefined: a guest. */
export function personOf({ email, phone, externalId }: Known): string | null {
  if (email !== null) return `email:${email}`
  if (phone !== null) return `phone:${phone}`
  return externalId === null ? null : `id:${externalId}`
}

function completed(one: Known, other: Known): Known {
  if (other === nobody) return one
  return {
    email: one.email ?? other.email,
    phone: one.phone ?? other.phone,
    externalId: one.externalId ?? other.externalId,
  }
}

/** The strongest identifier that both have decides; a phone number is often a family's. */
function differ(one: Known, other: Known): boolean {
  if (one.externalId !== null && other.externalId !== null)
    return one.externalId !== other.externalId
  if (one.email !== null && other.email !== null) return one.email !== other.email
  return one.phone !== null && other.phone !== null && one.phone !== other.phone
}
