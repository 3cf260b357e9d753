/** Klaviyo's API: a destination for the delivery engine, and what people ask of an account. */
export {
  type Account,
  type AccountCheck,
  type MissingScope,
  ownAccount,
  readAccount,
} from './accounts.ts'
export { type Auth, type Server } from './call.ts'
export { type KlaviyoOptions, openKlaviyo } from './client.ts'
export { findDoubles } from './doubles.ts'
export { findEvent, type FoundEvent } from './find-event.ts'
export { type AuthClass, createGovernors, type Governor, type Governors } from './governor.ts'
export { type List, type OptIn, readList, readLists } from './lists.ts'
export { mapMetrics } from './mapped-metrics.ts'
export { findMetric, type Metric, readMetrics } from './metrics.ts'
export { type Granted, type OAuth, type OAuthApp, openOAuth, type Tokens } from './oauth.ts'
export { createPeople, type People, type Permits } from './people.ts'
export { type Failed, type Read, type Reader } from './read.ts'
export { createSegment, findSegment, type Segment, segmentTemplates } from './segments.ts'
export { tokenAuth, type TokenStore } from './tokens.ts'
