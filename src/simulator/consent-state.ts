export type Channel = 'email' | 'sms' | 'whatsapp' | 'push'

export type ConsentStatus = 'SUBSCRIBED' | 'UNSUBSCRIBED' | 'NEVER_SUBSCRIBED'

type SuppressionReason =
  | 'HARD_BOUNCE'
  | 'INVALID_EMAIL'
  | 'SPAM_COMPLAINT'
  | 'UNSUBSCRIBE'
  | 'USER_SUPPRESSED'

export interface Suppression {
  readonly reason: SuppressionReason
  readonly timestamp: number
}

/** What a profile agreed to on one channel for one purpose. */
export interface ChannelConsent {
  readonly status: ConsentStatus
  /** When the person agreed or took it back. */
  readonly consentedAt: number | null
  readonly updatedAt: number
  readonly method: string | null
  readonly methodDetail: string | null
  readonly customSource: string | null
  readonly doubleOptIn: boolean | null
}

export interface Consent {
  channels: { [channelAndPurpose: string]: ChannelConsent }
  suppressions: Suppression[]
  listSuppressions: (Suppression & { readonly listId: string })[]
}

export function noConsent(): Consent {
  return { channels: {}, suppressions: [], listSuppressions: [] }
}

/** A person who was asked to confirm, and has not. */
export interface PendingOptIn {
  readonly channel: Channel
  readonly email: string | null
  readonly phone_number: string | null
  readonly listId: string | null
  readonly customSource: string | null
  readonly askedAt: number
}
