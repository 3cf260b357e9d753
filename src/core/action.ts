import type { Identifiers, JsonObject } from './event.ts'

/**
 * What can be asked of Klaviyo. An event becomes one or more actions; it is settled when all of them are.
 */
export type Action = EventAction | ProfileAction | SubscribeAction | UnsubscribeAction

export type Channel = 'email' | 'sms'

/** The profile that travels with an action. At least one identifier is set. */
export interface ProfileInput {
  readonly identifiers: Identifiers
  /** Klaviyo's own attributes, in its snake_case: `first_name`, `last_name`, `organization`, `title`, `image`, `locale`, `location`. `null` clears. */
  readonly attributes?: JsonObject
  /** Custom profile properties. `null` clears where the endpoint can. */
  readonly properties?: JsonObject
  /** Klaviyo's own id of the profile, where the call names it. */
  readonly id?: string
  /** Changes to lists that the profile holds, and properties that go. Klaviyo applies them to what it has. */
  readonly patch?: ProfilePatch
  /** Properties that only the newest (or the very first) of their kind may set; see `latest` in the journal. */
  readonly groups?: readonly ProfileGroup[]
}

/** What is added to a list, what is taken from it, and which properties are removed. */
export interface ProfilePatch {
  readonly append: JsonObject
  readonly unappend: JsonObject
  readonly unset: readonly string[]
}

/** Profile properties that change together. An older event never overwrites a newer one's (T42, T48). */
export interface ProfileGroup {
  readonly name: string
  readonly keep: 'latest' | 'first'
  readonly properties: JsonObject
}

export interface EventAction {
  readonly type: 'event'
  readonly metric: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly properties: JsonObject
  /** Major units. */
  readonly value?: number
  readonly currency?: string
  /** Klaviyo keeps the first event per profile, metric and unique id. 1-255 characters. */
  readonly uniqueId: string
  readonly profile: ProfileInput
  /** Klaviyo's flows do not start from it. Set by the engine for history and for what goes out late (C11). */
  readonly backfill?: boolean
}

/** Create the profile or update it. */
export interface ProfileAction {
  readonly type: 'profile'
  readonly profile: ProfileInput
}

/** Give consent on channels, and join the list if one is named (its opt-in process decides). */
export interface SubscribeAction {
  readonly type: 'subscribe'
  readonly profile: ProfileInput
  readonly channels: readonly Channel[]
  readonly listId?: string
  /** Shown by Klaviyo as where the consent came from. */
  readonly source?: string
}

export interface UnsubscribeAction {
  readonly type: 'unsubscribe'
  readonly profile: ProfileInput
  readonly channels: readonly Channel[]
  readonly listId?: string
}
