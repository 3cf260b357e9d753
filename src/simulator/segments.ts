import type { Call, Handler } from './call.ts'
import { writeExactTime } from './clock.ts'
import { invalid } from './errors.ts'
import { meets } from './filter.ts'
import { shortId } from './ids.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Profile } from './profile-store.ts'
import { profileById, profileResource } from './profiles.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntries,
  getEntry,
  type Kind,
  pageOfEntries,
  patchEntry,
  shower,
  showEntries,
  tableOf,
} from './records.ts'
import { type PageOf, pageOf, showPage } from './resource.ts'
import { type Definition, meetsDefinition } from './segment-definition.ts'
import { tagKind } from './tags.ts'

const segmentKind: Kind = {
  type: 'segment',
  path: '/api/segments',
  pageSize: 10,
  created: 'created',
  updated: 'updated',
  relations: {
    profiles: { type: 'profile' },
    tags: { type: 'tag', show: shower(() => tagKind) },
    'flow-triggers': { type: 'flow' },
  },
  computed: (call, entry) => ({
    is_active: true,
    is_processing: !isProcessed(call, entry),
    ...(call.query.additional.has('profile_count')
      ? { profile_count: segmentMembers(call, entry.id).size }
      : {}),
  }),
  fieldOf: (_entry, field) => (field === 'is_active' ? true : undefined),
}

export const segmentHandlers: { readonly [operation: string]: Handler } = {
  get_segments: getEntries(segmentKind),
  get_segment: getEntry(segmentKind),
  create_segment(call) {
    const { attributes } = (call.body as { data: { attributes: JsonObject } }).data
    checkDefinition(call, attributes['definition'])
    const entry = addEntry(call, segmentKind, shortId(), {
      ...attributes,
      is_starred: attributes['is_starred'] ?? false,
    })
    return createdAnswer(call, segmentKind, entry)
  },
  update_segment(call) {
    const entry = entryOf(call, segmentKind)
    const { attributes } = (call.body as { data: { attributes: JsonObject } }).data
    if (attributes['definition'] !== undefined) checkDefinition(call, attributes['definition'])
    patchEntry(call, entry, attributes)
    return createdAnswer(call, segmentKind, entry, 200)
  },
  delete_segment: deleteEntry(segmentKind),
  get_profiles_for_segment: (call) => {
    const { joined, page } = membersPage(call)
    return showPage(call, page, (profile) => {
      const shown = profileResource(call, profile)
      return {
        ...shown,
        attributes: {
          ...shown.attributes,
          joined_group_at: writeExactTime(joined.get(profile) ?? call.now),
        },
      }
    })
  },
  get_profile_ids_for_segment: (call) =>
    showPage(call, membersPage(call).page, ({ id }) => ({ type: 'profile', id })),
  get_segments_for_profile: (call) => showEntries(call, segmentKind, segmentsOfProfile(call)),
  get_segment_ids_for_profile: (call) =>
    showPage(call, segmentsOfProfile(call), ({ id }) => ({ type: 'segment', id })),
}

/** Klaviyo takes minutes; `segmentLagMs` says how long it takes here. */
function isProcessed(call: Pick<Call, 'world'>, entry: Entry): boolean {
  return call.world.clock.now() >= entry.updated + call.world.choices.segmentLagMs
}

const joinedAt = new WeakMap<Entry, Map<string, number>>()

/** Who is in a segment, and since when. The definition is evaluated when it is asked for. */
export function segmentMembers(
  call: Pick<Call, 'account' | 'world'>,
  id: string,
): ReadonlyMap<Profile, number> {
  const entry = call.account.table(segmentKind.type).get(id)
  const members = new Map<Profile, number>()
  const definition = entry?.attributes['definition']
  if (entry === undefined || !isObject(definition)) return members
  if (!isProcessed(call, entry)) return members
  const now = call.world.clock.now()
  const known = joinedAt.get(entry) ?? new Map<string, number>()
  joinedAt.set(entry, known)
  for (const profile of call.account.profiles.all()) {
    if (meetsDefinition(call.account, profile, definition as unknown as Definition, now)) {
      const joined = known.get(profile.id) ?? now
      known.set(profile.id, joined)
      members.set(profile, joined)
    } else {
      known.delete(profile.id)
    }
  }
  return members
}

/** A segment that names a metric, list or segment which is not there is refused. */
function checkDefinition(call: Call, definition: unknown): void {
  const groups = (definition as Definition).condition_groups
  const start = '/data/attributes/definition/condition_groups'
  if (groups.length === 0) {
    throw invalid('At least one condition group is required.', start)
  }
  for (const [groupPlace, { conditions }] of groups.entries()) {
    if (conditions.length === 0) {
      throw invalid('At least one condition is required.', `${start}/${groupPlace}/conditions`)
    }
    for (const [place, condition] of conditions.entries()) {
      const pointer = `${start}/${groupPlace}/conditions/${place}`
      const metricId = condition['metric_id']
      if (typeof metricId === 'string' && call.account.metricById(metricId) === undefined) {
        throw invalid(`Metric with id ${metricId} not found.`, `${pointer}/metric_id`)
      }
      if (condition['type'] === 'profile-group-membership') {
        for (const id of condition['group_ids'] as readonly string[]) {
          if (!call.account.lists.has(id) && !tableOf(call, segmentKind).has(id)) {
            throw invalid(`Group with id ${id} not found.`, `${pointer}/group_ids`)
          }
        }
      }
    }
  }
}

function membersPage(call: Call): {
  readonly joined: ReadonlyMap<Profile, number>
  readonly page: PageOf<Profile>
} {
  const entry = entryOf(call, segmentKind)
  const joined = segmentMembers(call, entry.id)
  const found = [...joined.keys()].filter((profile) =>
    call.query.filter.every((condition) =>
      meets(memberValue(profile, condition.field, joined), condition),
    ),
  )
  const page = pageOf(call, found, {
    idOf: ({ id }) => id,
    keyOf: (profile, field) =>
      field === 'joined_group_at' ? (joined.get(profile) ?? null) : profile.id,
  })
  return { joined, page }
}

function memberValue(
  profile: Profile,
  field: string,
  joined: ReadonlyMap<Profile, number>,
): unknown {
  switch (field) {
    case 'profile_id':
      return profile.id
    case 'email':
      return profile.email
    case 'phone_number':
      return profile.phone_number
    case 'joined_group_at':
      return joined.get(profile)
    default:
      return undefined
  }
}

function segmentsOfProfile(call: Call): PageOf<Entry> {
  const profile = profileById(call, call.params['id'] ?? '')
  const found = [...tableOf(call, segmentKind).values()].filter((entry) =>
    segmentMembers(call, entry.id).has(profile),
  )
  return pageOfEntries(call, segmentKind, found)
}
