import type { EventAction, ProfileInput } from '../core/index.ts'
import { isoOf, jsonOf, textJsonOf } from './json.ts'
import { mergeProfiles, personKey, personText, profileText, type Repair } from './profile.ts'
import { entryOf, type Repairs, type RequestBody, singleBody } from './request.ts'

/** POST /api/events */
export function eventBody(action: EventAction, repair: Repair | undefined): RequestBody {
  const { event, profile } = partsOf(action)
  const person = repair ? profileText(action.profile, 'event', repair) : profile
  return singleBody(
    `{"data":{"type":"event","attributes":{${event},"profile":{"data":${person}}}}}`,
  )
}

const bulkPointer = '/data/attributes/events-bulk-create/data/'

/** POST /api/event-bulk-create-jobs: one entry a person, with all of that person's events in their order. */
export function eventsBody(actions: readonly EventAction[], repairs: Repairs): RequestBody {
  const groups = groupsOf(actions)
  // Put together without joining parts first: the bytes are copied once, when the request is written.
  let text = `{"data":{"type":"event-bulk-create-job","attributes":{"events-bulk-create":{"data":[`
  for (const [entry, group] of groups.entries()) {
    text += entry === 0 ? '' : ','
    text += `{"type":"event-bulk-create","attributes":{"profile":{"data":${groupProfile(actions, group, repairs)}},"events":{"data":[`
    for (const [place, index] of group.indexes.entries()) {
      text += place === 0 ? '' : ','
      text += `{"type":"event","attributes":{${partsOf(actions[index]!).event}}}`
    }
    text += ']}}}'
  }
  return {
    text: `${text}]}}}}`,
    actionsAt: (pointer) => {
      const entry = entryOf(pointer, bulkPointer)
      const group = entry === undefined ? undefined : groups[entry]
      if (!group) return []
      const event = entryOf(pointer, `${bulkPointer}${entry}/attributes/events/data/`)
      const index = event === undefined ? undefined : group.indexes[event]
      return index === undefined ? group.indexes : [index]
    },
  }
}

/** No fewer bytes than an event adds to a request, single or bulk. */
export function eventBytes(action: EventAction): number {
  return partsOf(action).bytes
}

/** One entry of a bulk request. */
interface Group {
  readonly indexes: number[]
  /** The whole of what the person's events say of the person; undefined: it goes with a later entry. */
  profiles: number[] | undefined
}

/**
 * One entry a person and anonymous id, so that Klaviyo joins every device to its person. What is said of
 * the person goes with the last of them, once.
 */
function groupsOf(actions: readonly EventAction[]): readonly Group[] {
  const groups: Group[] = []
  const byDevice = new Map<string, Group>()
  const newest = new Map<string, Group>()
  for (const [index, action] of actions.entries()) {
    const { person, device } = partsOf(action)
    let group = byDevice.get(device)
    if (!group) {
      group = { indexes: [], profiles: undefined }
      byDevice.set(device, group)
      groups.push(group)
      const former = newest.get(person)
      group.profiles = former?.profiles ?? []
      if (former) former.profiles = undefined
      newest.set(person, group)
    }
    group.indexes.push(index)
    ;(group.profiles ?? newest.get(person)?.profiles)?.push(index)
  }
  return groups
}

function groupProfile(actions: readonly EventAction[], group: Group, repairs: Repairs): string {
  const own = group.indexes.at(-1)!
  const repair = repairOf(group.indexes, repairs)
  if (!group.profiles) {
    const { identifiers } = mergeProfiles(group.indexes.map((index) => actions[index]!.profile))
    return personText(identifiers, 'event', repair)
  }
  const { profile } = partsOf(actions[own]!)
  if (!repair && group.profiles.every((index) => partsOf(actions[index]!).profile === profile)) {
    return profile
  }
  const merged = mergeProfiles(group.profiles.map((index) => actions[index]!.profile))
  const { anonymousId: _others, ...identifiers } = merged.identifiers
  const device = actions[own]!.profile.identifiers.anonymousId
  const named = device === undefined ? identifiers : { ...identifiers, anonymousId: device }
  return profileText({ ...merged, identifiers: named }, 'event', repair)
}

/** A repair of one of a person's events holds for the person. */
function repairOf(indexes: readonly number[], repairs: Repairs): Repair | undefined {
  if (repairs.size === 0) return undefined
  let repair: Repair | undefined
  for (const index of indexes) {
    const found = repairs.get(index)
    if (found) repair = { ...repair, ...found }
  }
  return repair
}

interface Parts extends Person {
  readonly of: EventAction
  /** The members of the event's attributes, without the profile. */
  readonly event: string
  readonly bytes: number
}

/** Where an action keeps its text: sizing and sending both need it, and it is written once. */
const written = Symbol('written')

interface Telling extends EventAction {
  /** A copy of the action takes it along, and is told from the action by `of`. */
  [written]?: Parts
}

/** Around an event and its profile, in a bulk request with one event a person: 175 bytes, in a single one 66. */
const frameBytes = 200

function partsOf(action: Telling): Parts {
  const known = action[written]
  if (known?.of === action) return known
  const properties = jsonOf(action.properties)
  const event = eventMembers(action, properties)
  const person = personOf(action.profile)
  const made: Parts = {
    of: action,
    profile: person.profile,
    profileBytes: person.profileBytes,
    person: person.person,
    device: person.device,
    event,
    bytes:
      frameBytes +
      Buffer.byteLength(properties) +
      // A unit takes three bytes at most: counting them would cost more than the room is worth.
      (event.length - properties.length) * 3 +
      person.profileBytes,
  }
  action[written] = made
  return made
}

interface Person {
  readonly profile: string
  readonly profileBytes: number
  readonly person: string
  readonly device: string
}

// The lines of an order follow one another, and are one person's.
let last: { readonly input: ProfileInput; readonly told: Person } | undefined

function personOf(input: ProfileInput): Person {
  if (last?.input === input) return last.told
  const profile = profileText(input, 'event')
  const person = personKey(input.identifiers)
  const told = {
    profile,
    profileBytes: Buffer.byteLength(profile),
    person,
    device: `${person} ${input.identifiers.anonymousId ?? ''}`,
  }
  last = { input, told }
  return told
}

function eventMembers(action: EventAction, properties: string): string {
  const { value, currency } = action
  return (
    `"properties":${properties},"time":"${isoOf(action.time)}"` +
    (value !== undefined && Number.isFinite(value) ? `,"value":${value}` : '') +
    (currency === undefined ? '' : `,"value_currency":${textJsonOf(currency)}`) +
    `,"unique_id":${textJsonOf(action.uniqueId)}` +
    (action.backfill ? ',"backfill":true' : '') +
    `,"metric":{"data":{"type":"metric","attributes":{"name":${textJsonOf(action.metric)}}}}`
  )
}
