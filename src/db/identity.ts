import { type Alias, type AliasBook, type Aliases, type Known, nobody } from './alias.ts'
import type { Appending } from './rows.ts'

/**
 * Completes what an event says of its person by what earlier events of the store said, and notes what
 * it reveals itself. Events have to come in the order of their numbers.
 */
export function identify(book: AliasBook, event: Appending, aliases: Aliases): Known {
  const { user, anonymous, previousUser, previousAnonymous } = aliases
  let known: Known = { email: event.email, phone: event.phone, externalId: event.externalId }
  known = completed(known, user)
  known = completed(known, previousUser)
  // Two people who share a browser share an anonymous id: what is known of one is not the other's.
  if (anonymous !== undefined && !differ(known, anonymous.known)) {
    known = completed(known, anonymous)
    if (user === undefined && known.externalId !== null)
      known = completed(known, book.userOf(event, known.externalId))
  }
  if (user !== undefined && (known.email !== null || known.phone !== null)) book.set(user, known)
  if (isKnown(known)) {
    if (anonymous !== undefined) book.set(anonymous, known)
    if (previousAnonymous !== undefined) book.set(previousAnonymous, known)
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

function completed(one: Known, alias: Alias | undefined): Known {
  const other = alias?.known ?? nobody
  if (
    (one.email !== null || other.email === null) &&
    (one.phone !== null || other.phone === null) &&
    (one.externalId !== null || other.externalId === null)
  )
    return one
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
