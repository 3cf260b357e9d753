import type { EventAction } from '../core/index.ts'
import { jsonOf, textJsonOf } from './json.ts'
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
  const entries: string[] = []
  for (const group of groups) {
    const events = group.indexes.map(
      (index) => `{"type":"event","attributes":{${partsOf(actions[index]!).event}}}`,
    )
    entries.push(
      `{"type":"event-bulk-create","attributes":{"profile":{"data":${groupProfile(actions, group, repairs)}},` +
        `"events":{"data":[${events.join(',')}]}}}`,
    )
  }
  return {
    text: `{"data":{"type":"event-bulk-create-job","attributes":{"events-bulk-create":{"data":[${entries.join(',')}]}}}}`,
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

/** Bytes that an event adds to a single request, or at most to a bulk one. */
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

interface Parts {
  /** The members of the event's attributes, without the profile. */
  readonly event: string
  readonly profile: string
  readonly person: string
  readonly device: string
  readonly bytes: number
}

// Sizing and sending both need the text: it is written once.
const parts = new WeakMap<EventAction, Parts>()

/** Around an event and its profile, in a bulk request with one event a person: 175 bytes, in a single one 66. */
const frameBytes = 200

function partsOf(action: EventAction): Parts {
  const known = parts.get(action)
  if (known) return known
  const event = eventMembers(action)
  const profile = profileText(action.profile, 'event')
  const person = personKey(action.profile.identifiers)
  const made: Parts = {
    event,
    profile,
    person,
    device: `${person} ${action.profile.identifiers.anonymousId ?? ''}`,
    bytes: frameBytes + Buffer.byteLength(event) + Buffer.byteLength(profile),
  }
  parts.set(action, made)
  return made
}

function eventMembers(action: EventAction): string {
  const { value, currency } = action
  return (
    `"properties":${jsonOf(action.properties)},"time":"${new Date(action.time).toISOString()}"` +
    (value !== undefined && Number.isFinite(value) ? `,"value":${value}` : '') +
    (currency === undefined ? '' : `,"value_currency":${textJsonOf(currency)}`) +
    `,"unique_id":${textJsonOf(action.uniqueId)}` +
    (action.backfill ? ',"backfill":true' : '') +
    `,"metric":{"data":{"type":"metric","attributes":{"name":${textJsonOf(action.metric)}}}}`
  )
}
