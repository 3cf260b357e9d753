import type { ProfileInput } from '../action.ts'
import type { Journaled } from '../event.ts'
import type { Settings } from '../settings.ts'

/** As Klaviyo appends it to the links of its mails: its own text, a dot, the account's public id. */
const exchangeId = /^[\w=-]{1,500}\.\w{1,50}$/

/**
 * Whom Klaviyo sent the link to that a guest came by. It names that profile for this event and nothing
 * more: it goes beside no other identifier, so that nothing is joined, and nothing is said of the person,
 * since mails are passed on.
 */
export function linkOf(
  { event, identifiers }: Journaled,
  { klaviyoLinks, identity }: Settings,
): ProfileInput | undefined {
  if (!klaviyoLinks || identity === 'email-only') return undefined
  const { email, phone, externalId } = identifiers
  if (email !== undefined || phone !== undefined || externalId !== undefined) return undefined
  const given = event.context?.['_kx']
  if (typeof given !== 'string' || !exchangeId.test(given)) return undefined
  return { identifiers: { exchangeId: given } }
}
