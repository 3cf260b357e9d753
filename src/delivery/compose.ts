import type {
  Action,
  Destination,
  EventAction,
  ProfileInput,
  ProfilePatch,
  Way,
} from '../core/index.ts'
import { clears, mergeProfiles, profileKeyOf } from './profile.ts'

/** One thing to send, and which of the batch's actions it speaks for (their places in what was given). */
export interface Unit {
  readonly action: Action
  readonly speaksFor: readonly number[]
  /**
   * Of an event: the person's actions that are about the profile alone. Each of the person's events brings what
   * they say, and the first that counts speaks for them.
   */
  readonly brings?: readonly number[]
}

/** One HTTP request of a batch. */
export interface Parcel {
  readonly way: Way
  readonly units: readonly Unit[]
}

/**
 * Puts the actions of a batch into as few requests as Klaviyo takes, to be sent one after the other.
 *
 * A person's profile details travel with each of the person's events where there are any, merged in order, so
 * that the last word holds whatever request is worked on first and whichever event is refused. Then come the
 * profiles of the others, those that clear or patch something one by one, and consent in its order.
 */
export function compose(actions: readonly Action[], destination: Destination): Parcel[] {
  const people = peopleOf(actions)
  const events: Unit[] = []
  const profiles: Unit[] = []
  const clearing: Unit[] = []
  const eventOfId = new Map<string, Unit & { speaksFor: number[] }>()

  for (const [index, action] of actions.entries()) {
    if (action.type !== 'event') continue
    const key = profileKeyOf(action.profile.identifiers)
    const id = `${action.metric}\n${action.uniqueId}\n${key}`
    const twin = eventOfId.get(id)
    if (twin !== undefined) {
      // Klaviyo refuses a whole bulk request that repeats a unique id, and keeps the first when sent singly.
      twin.speaksFor.push(index)
      continue
    }
    const person = people.get(key)
    const unit = {
      action: person === undefined ? action : informed(action, person),
      speaksFor: [index],
      ...(person !== undefined && person.profiles.length > 0 && !clears(person.profile)
        ? { brings: person.profiles }
        : {}),
    }
    eventOfId.set(id, unit)
    events.push(unit)
  }
  const patching: Unit[] = []
  for (const { profile, profiles: speaksFor, patches, events: own } of people.values()) {
    for (const { index, patch } of patches) {
      patching.push({
        action: { type: 'profile', profile: { ...profile, patch } },
        speaksFor: [index],
      })
    }
    if (speaksFor.length === 0) continue
    const unit: Unit = { action: { type: 'profile', profile }, speaksFor }
    if (clears(profile)) clearing.push(unit)
    else if (own === 0) profiles.push(unit)
  }
  return [
    ...parcelsOf('events', events, destination),
    ...parcelsOf('profiles', profiles, destination),
    ...[...clearing, ...patching].map((unit): Parcel => ({ way: 'profile', units: [unit] })),
    ...consentParcels(actions, destination),
  ]
}

interface Person {
  /** All that is said of the person, without patches. */
  profile: ProfileInput
  /** Places of the actions that are about the profile alone. */
  readonly profiles: number[]
  /** Those that change lists of the profile: each is sent, in order, with all else that is said. */
  readonly patches: { readonly index: number; readonly patch: ProfilePatch }[]
  /** How many of them are events. */
  events: number
}

function peopleOf(actions: readonly Action[]): Map<string, Person> {
  const people = new Map<string, Person>()
  for (const [index, action] of actions.entries()) {
    if (action.type !== 'event' && action.type !== 'profile') continue
    const key = profileKeyOf(action.profile.identifiers)
    const known = people.get(key)
    const { patch, ...said } = action.profile
    const person: Person = known ?? {
      profile: said,
      profiles: [],
      patches: [],
      events: 0,
    }
    if (known === undefined) people.set(key, person)
    else person.profile = mergeProfiles(person.profile, said)
    if (action.type === 'event') person.events += 1
    else if (patch === undefined) person.profiles.push(index)
    else person.patches.push({ index, patch })
  }
  return people
}

/** The event with all that is said of the person, by the names that it has itself. */
function informed(action: EventAction, person: Person): EventAction {
  if (person.events + person.profiles.length + person.patches.length === 1) return action
  return { ...action, profile: { ...person.profile, identifiers: action.profile.identifiers } }
}

/** Consent keeps its order per person: an action joins an earlier request only past requests without the person. */
function consentParcels(actions: readonly Action[], destination: Destination): Parcel[] {
  interface Group {
    readonly way: 'subscribe' | 'unsubscribe'
    readonly kind: string
    readonly units: Unit[]
    readonly people: Set<string>
  }
  const groups: Group[] = []
  for (const [index, action] of actions.entries()) {
    if (action.type !== 'subscribe' && action.type !== 'unsubscribe') continue
    const person = profileKeyOf(action.profile.identifiers)
    const source = action.type === 'subscribe' ? action.source : undefined
    const kind = JSON.stringify([action.type, action.listId, action.channels.toSorted(), source])
    let place = groups.length
    while (
      place > 0 &&
      groups[place - 1]?.people.has(person) !== true &&
      groups[place - 1]?.kind !== kind
    )
      place -= 1
    const open = place > 0 && groups[place - 1]?.kind === kind ? groups[place - 1] : undefined
    if (open === undefined) {
      groups.push({
        way: action.type,
        kind,
        units: [{ action, speaksFor: [index] }],
        people: new Set([person]),
      })
    } else if (open.people.has(person)) {
      // The same wish again, directly after: the first one speaks for it.
      const at = open.units.findIndex(
        (unit) => profileKeyOf(unit.action.profile.identifiers) === person,
      )
      const unit = open.units[at]
      if (unit !== undefined) open.units[at] = { ...unit, speaksFor: [...unit.speaksFor, index] }
    } else {
      open.units.push({ action, speaksFor: [index] })
      open.people.add(person)
    }
  }
  return groups.flatMap(({ way, units }) => parcelsOf(way, units, destination))
}

function parcelsOf(way: Way, units: readonly Unit[], destination: Destination): Parcel[] {
  const { maxActions, maxBytes } = destination.limits[way]
  const parcels: Parcel[] = []
  let open: Unit[] = []
  let bytes = 0
  for (const unit of units) {
    const size = destination.sizeOf(way, unit.action)
    if (open.length > 0 && (open.length >= maxActions || bytes + size > maxBytes)) {
      parcels.push({ way, units: open })
      open = []
      bytes = 0
    }
    open.push(unit)
    bytes += size
  }
  if (open.length > 0) parcels.push({ way, units: open })
  return parcels
}
