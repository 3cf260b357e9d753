import type { Json } from '../event.ts'
import type { ReasonCode } from '../reason.ts'

/** A mapping says, as data, how one kind of source event becomes a Klaviyo metric. */
export interface MetricMapping {
  /** Names of the source events, in any vocabulary; compared without case and surrounding spaces. */
  readonly events?: readonly string[]
  /** Klaviyo's name for it, and the switch that turns it off. */
  readonly metric: string
  /** What the id counts: the unique id becomes `<store>:<object>:<id>`. */
  readonly object?: string
  /** The source's own id. Without one, the message id makes the event count once. */
  readonly id?: Source
  /** Tells several events of one object apart (the refunds of an order): `<store>:<object>:<id>:<part>`. */
  readonly part?: Source
  /** Major units. */
  readonly value?: Source
  readonly currency?: Source
  readonly properties?: Properties
  /** Whether properties that the mapping does not name go on under their own names (R65). Default: they do. */
  readonly others?: boolean
  /** Of those: names that do not go on. */
  readonly drop?: readonly string[]
  /** Properties that somebody left out, and what they would take: neither goes on, under whichever name. */
  readonly leftOut?: Properties
  readonly profile?: readonly GroupMapping[]
  readonly fanOut?: FanOut
  /** Goes out only with the person's email address, whatever the connection's policy says (C1). */
  readonly needs?: 'email'
  /** The properties named hold single values only: objects, lists and empty texts are left out (T26). */
  readonly plain?: boolean
}

/** Klaviyo's property names, and where their values come from. What is absent there is left out. */
export type Properties = Readonly<Record<string, Source>>

/** Steps from the event (or, within `take`, from the entry), joined by dots: `properties.order_id`. */
export type Path = string

export type Source =
  | Path
  /** Leaves a note on the event when it is what was used. */
  | { readonly path: Path; readonly note: ReasonCode }
  /** The first that is there. */
  | { readonly first: readonly Source[] }
  /** One value per entry of a list. `distinct`: lists in it are opened, and each value counts once. */
  | {
      readonly each: Source
      readonly take: Path | { readonly first: readonly Path[] } | Properties
      readonly distinct?: boolean
    }
  /** The product of two amounts. */
  | { readonly times: readonly [Path, Path] }
  | { readonly constant: Json }
  /** The domain of the store that the event came from. */
  | { readonly store: 'domain' }

/**
 * `null` leaves a built-in property out: its value does not go to Klaviyo, neither under this name nor under the
 * shop's own. `leftOut` does so with a property of one's own, and remembers what it was.
 */
export type ChangedSource = Source | null | { readonly leftOut: Source }

/** Profile properties that an event sets together. */
export interface GroupMapping {
  readonly name: string
  /**
   * `latest`: an older event never overwrites a newer one's, and what the newest does not have is cleared: it
   * described something else. `first`: set once.
   */
  readonly keep: 'latest' | 'first'
  readonly properties: Properties
  /** Only an event that has this sets them. */
  readonly when?: Source
  /** The property that takes the event's own time, ISO 8601. */
  readonly at?: string
}

/** One event more per entry of a list, each with its own unique id. */
export interface FanOut {
  readonly metric: string
  readonly each: Source
  /** What tells the entries apart, within the entry. Where there is none: `key`, with a count of equal ones. */
  readonly line: Source
  readonly key: Source
  /** Within the entry. */
  readonly value: Source
  readonly properties: Properties
  /** Properties that each of them takes from the event. */
  readonly shared: Properties
}

/** A list of names as `take` could be mistaken for `Properties`: `first` is never a Klaviyo property. */
export function isFirst(
  take: { readonly first: readonly Path[] } | Properties,
): take is { readonly first: readonly Path[] } {
  return Array.isArray((take as { first?: unknown }).first)
}

export function isLeftOut(source: ChangedSource): source is { readonly leftOut: Source } {
  return typeof source === 'object' && source !== null && 'leftOut' in source
}

/** Where paths usually start; a call may bring more beside these. */
export const usualRoots = ['properties.', 'traits.', 'context.', 'integrations.'] as const
export const usualFields = [
  'event',
  'type',
  'name',
  'messageId',
  'userId',
  'anonymousId',
  'groupId',
] as const
