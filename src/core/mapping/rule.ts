import type { Path } from './mapping.ts'

/**
 * A rule of a connection, as data (S7). The rules are gone through in their order: one that decides `send` or
 * `drop` ends it, one that changes the event lets the next ones see it changed.
 */
export interface Rule {
  /** The reason shows it: `Your rule "Skip test orders" removed it.` */
  readonly name: string
  /** `false`: it is kept, and passed over. */
  readonly enabled?: boolean
  /** Event names, compared without case and surrounding spaces; `*` stands for any run of characters. */
  readonly events: readonly string[]
  /** The calls it is for; left out: `track`, `page` and `screen`. `identify` and `group` have their type for a name. */
  readonly calls?: readonly RuleCall[]
  /** All of them have to hold; left out: the name is enough. */
  readonly when?: readonly Condition[]
  readonly decision: 'send' | 'drop' | 'change'
  /** With `change`: what is done, in this order. */
  readonly changes?: readonly RuleChange[]
}

export const ruleCalls = ['track', 'page', 'screen', 'identify', 'group'] as const
export type RuleCall = (typeof ruleCalls)[number]

export type Scalar = string | number | boolean

/**
 * What an event has to have. A path starts with one of `pathRoots`; steps are joined by dots, and lead into every
 * entry of a list: one that fits is enough.
 */
export type Condition =
  /** Texts are compared without case and surrounding spaces, numbers by their amount. `not` holds of nothing, too. */
  | { readonly type: 'equals' | 'not'; readonly path: Path; readonly value: Scalar }
  | { readonly type: 'one-of'; readonly path: Path; readonly values: readonly Scalar[] }
  | { readonly type: 'exists' | 'missing'; readonly path: Path }
  /** Amounts, written as numbers or as text. */
  | {
      readonly type: 'greater' | 'at-least' | 'less' | 'at-most'
      readonly path: Path
      readonly value: number
    }
  /** `glob`: the whole text, `*` for any run of characters. `pattern`: RE2's language, anywhere in the text. */
  | { readonly type: 'contains' | 'glob' | 'pattern'; readonly path: Path; readonly value: string }

export const conditionTypes = [
  'equals',
  'not',
  'one-of',
  'exists',
  'missing',
  'greater',
  'at-least',
  'less',
  'at-most',
  'contains',
  'glob',
  'pattern',
] as const satisfies readonly Condition['type'][]

/** What is done to the event; what it said when it came is kept, and shown beside it. */
export type RuleChange =
  /** It goes on as a `track` call of that name. */
  | { readonly type: 'rename'; readonly to: string }
  /** `from`: takes the value of another field, unless there is none, or it is an object. */
  | { readonly type: 'set'; readonly path: Path; readonly value: Scalar }
  | { readonly type: 'set'; readonly path: Path; readonly from: Path }
  | { readonly type: 'remove'; readonly path: Path }

/**
 * Where a condition's path starts. `person`: who it is by all that was known when the event was received
 * (`person.email`). `traits` of a call without them: those of its context.
 */
export const pathRoots = [
  'event',
  'type',
  'userId',
  'anonymousId',
  'groupId',
  'person',
  'properties',
  'traits',
  'context',
  'integrations',
] as const

/** Where a change may reach: what is told of the shopper and the event, not who it is. */
export const changeRoots = ['properties', 'traits', 'context'] as const

/** Consent is never inferred: no rule gives it, and none takes a refusal away (invariant 10). */
export const consentSteps: ReadonlySet<string> = new Set(['subscribe', 'consent', 'smsConsent'])

/** So that no rules make an event take long, whoever wrote them. */
export const ruleLimits = {
  rules: 1_000,
  conditions: 20,
  changes: 20,
  values: 200,
  /** Of all the rules together. */
  allConditions: 500,
  patterns: 20,
  patternLength: 200,
  pathLength: 200,
  pathSteps: 12,
  textLength: 1_000,
  nameLength: 200,
  events: 1_000,
  eventLength: 256,
  /** Of an event that a rule renames: Klaviyo takes no longer metric names. */
  renameLength: 127,
} as const
