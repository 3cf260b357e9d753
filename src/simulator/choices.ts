/** Points that no source settles. Each has a default that is hard to please, and its opposite. */
export interface Choices {
  /** What fails a bulk request: a unique id repeated in it, or also one that is known already. */
  readonly repeats: 'within-request' | 'history'
  /** The same of events without a unique id, whose time to the second stands for one. */
  readonly impliedRepeats: 'keep-first' | 'refuse'
  /** The answer to a body over 5 MB. */
  readonly tooLarge: 400 | 413
  readonly missingRevision: 'refuse' | 'oldest'
  readonly unknownMembers: 'refuse' | 'ignore'
  readonly gzip: boolean
  /** Whether `$value` and `$event_id` inside properties become value and unique id. */
  readonly liftsSpecialKeys: boolean
  /** The limits of older documentation: arrays of 4,000 items, ten levels. */
  readonly olderEventLimits: boolean
  /** How many metrics an account can have; older documentation says 200. */
  readonly mostMetrics: number
  /** For how long a unique id is remembered. */
  readonly dedupeMs: number
  /** How long a bulk job says `processing` after its elements took effect. */
  readonly jobLagMs: number
  /** How long a new segment is without members. */
  readonly segmentLagMs: number
  /** How long a range of metric aggregates can be. */
  readonly aggregateRangeMs: number
  /** Whether a call that is answered 429 counts against the longer windows. */
  readonly throttledCalls: 'pass' | 'count'
  /** Whether a change of consent moves a profile's `updated`. */
  readonly consentMovesUpdated: boolean
  /** Whether `/client/profiles` tells a caller the profile's `exchange_id`. */
  readonly exchangeId: boolean
  /** How long after an event its webhook goes out; events of that while go together. */
  readonly webhookDelayMs: number
  /** How wrong the clock is that dates webhooks; recorded as five hours. */
  readonly webhookClockSkewMs: number
  /** Whether a webhook's payload holds profile and metric, too. */
  readonly webhookIncludes: boolean
  /** Whether refreshing an OAuth token gives a new refresh token. */
  readonly refreshTokens: 'same' | 'rotated'
  /** How often a minute an installed app can refresh; reports say about ten. */
  readonly refreshesAMinute: number
  /** Whether installing an app again ends the tokens of its first install. */
  readonly secondInstall: 'ends-first' | 'beside'
}

export const strict: Choices = {
  repeats: 'within-request',
  impliedRepeats: 'keep-first',
  tooLarge: 413,
  missingRevision: 'refuse',
  unknownMembers: 'refuse',
  gzip: true,
  liftsSpecialKeys: false,
  olderEventLimits: true,
  mostMetrics: Number.POSITIVE_INFINITY,
  dedupeMs: Number.POSITIVE_INFINITY,
  jobLagMs: 0,
  segmentLagMs: 0,
  aggregateRangeMs: 366 * 86_400_000,
  throttledCalls: 'pass',
  consentMovesUpdated: true,
  exchangeId: true,
  webhookDelayMs: 20,
  webhookClockSkewMs: -5 * 3_600_000,
  webhookIncludes: false,
  refreshTokens: 'same',
  refreshesAMinute: Number.POSITIVE_INFINITY,
  secondInstall: 'ends-first',
}
