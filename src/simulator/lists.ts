import type { Account, List, OptIn } from './account.ts'
import { type Answer, type Call, empty, type Handler } from './call.ts'
import { writeExactTime } from './clock.ts'
import { joinList } from './consent.ts'
import { invalid, notFound } from './errors.ts'
import { type Condition, meets } from './filter.ts'
import type { Profile } from './profile-store.ts'
import { profileResource } from './profiles.ts'
import {
  showPage,
  showOne,
  pageOf,
  type Resource,
  resource,
  type SortKey,
  type PageOf,
} from './resource.ts'

export const listHandlers: { readonly [operation: string]: Handler } = {
  get_lists: getLists,
  get_list: (call) => showOne(call, 200, listResource(call, listById(call))),
  create_list: createList,
  update_list: updateList,
  delete_list: deleteList,
  get_profiles_for_list: (call) =>
    showPage(call, membersOf(call), (profile) =>
      memberResource(call, profile, call.params['id'] ?? ''),
    ),
  get_profile_ids_for_list: (call) =>
    showPage(call, membersOf(call), ({ id }) => ({ type: 'profile', id })),
  add_profiles_to_list: (call) => changeMembers(call, join),
  remove_profiles_from_list: (call) => changeMembers(call, leave),
  get_lists_for_profile: (call) =>
    showPage(call, listsOfProfile(call), (list) => listResource(call, list)),
  get_list_ids_for_profile: (call) =>
    showPage(call, listsOfProfile(call), ({ id }) => ({ type: 'list', id })),
}

const mostMembers = 1000

export function listResource(call: Call, list: List): Resource {
  return resource(call, {
    type: 'list',
    id: list.id,
    path: '/api/lists',
    attributes: {
      name: list.name,
      created: writeExactTime(list.created),
      updated: writeExactTime(list.updated),
      opt_in_process: list.optIn,
      ...(call.query.additional.has('profile_count')
        ? { profile_count: [...members(call.account, list.id)].length }
        : {}),
    },
    relations: { profiles: undefined, tags: undefined, 'flow-triggers': undefined },
  })
}

function listById(call: Call, id = call.params['id'] ?? ''): List {
  const list = call.account.lists.get(id)
  if (list === undefined) throw notFound('list', id)
  return list
}

function* members(account: Account, listId: string): Generator<Profile> {
  for (const profile of account.profiles.all()) {
    if (profile.lists[listId] !== undefined) yield profile
  }
}

function getLists(call: Call): Answer {
  const lists = [...call.account.lists.values()].filter((list) =>
    call.query.filter.every((condition) => meets(sortKeyOf(list, condition.field), condition)),
  )
  const page = pageOf(call, lists, { idOf: ({ id }) => id, keyOf: sortKeyOf, usualSize: 10 })
  return showPage(
    call,
    page,
    (list) => listResource(call, list),
    call.query.include.size === 0 ? undefined : [],
  )
}

function sortKeyOf(list: List, field: string): SortKey {
  switch (field) {
    case 'name':
      return list.name
    case 'created':
      return list.created
    case 'updated':
      return list.updated
    default:
      return list.id
  }
}

function createList(call: Call): Answer {
  const { attributes } = (
    call.body as { data: { attributes: { name: string; opt_in_process?: OptIn | null } } }
  ).data
  if (attributes.name.trim() === '') {
    throw invalid('The name must not be empty.', '/data/attributes/name')
  }
  const list = call.account.newList({
    name: attributes.name,
    optIn: attributes.opt_in_process ?? call.account.defaultOptIn,
    now: call.now,
  })
  return showOne(call, 201, listResource(call, list))
}

function updateList(call: Call): Answer {
  const list = listById(call)
  const { attributes } = (
    call.body as { data: { attributes: { name?: string | null; opt_in_process?: OptIn | null } } }
  ).data
  list.name = attributes.name ?? list.name
  list.optIn = attributes.opt_in_process ?? list.optIn
  list.updated = call.now
  return showOne(call, 200, listResource(call, list))
}

function deleteList(call: Call): Answer {
  const { id } = listById(call)
  call.account.lists.delete(id)
  for (const profile of members(call.account, id)) delete profile.lists[id]
  return empty(204)
}

function membersOf(call: Call): PageOf<Profile> {
  const { id } = listById(call)
  const found = [...members(call.account, id)].filter((profile) =>
    call.query.filter.every((condition) => meets(memberValue(profile, id, condition), condition)),
  )
  return pageOf(call, found, {
    idOf: (profile) => profile.id,
    keyOf: (profile, field) =>
      field === 'joined_group_at' ? (profile.lists[id] ?? null) : profile.id,
  })
}

function memberValue(profile: Profile, listId: string, { field }: Condition): unknown {
  switch (field) {
    case 'email':
      return profile.email
    case 'phone_number':
      return profile.phone_number
    case 'joined_group_at':
      return profile.lists[listId]
    default:
      return undefined
  }
}

function memberResource(call: Call, profile: Profile, listId: string): Resource {
  const shown = profileResource(call, profile)
  const joined = profile.lists[listId]
  return joined === undefined
    ? shown
    : {
        ...shown,
        attributes: { ...shown.attributes, joined_group_at: writeExactTime(joined) },
      }
}

/** Membership only: it says nothing about consent. */
function changeMembers(
  call: Call,
  change: (call: Call, profile: Profile, listId: string) => void,
): Answer {
  const { id } = listById(call)
  const { data } = call.body as { data: readonly { id: string }[] }
  if (data.length > mostMembers) {
    throw invalid(`At most ${mostMembers} profiles can be named in one request.`, '/data')
  }
  const profiles = data.map((one, place) => {
    const profile = call.account.profiles.byId(one.id)
    if (profile === undefined) {
      throw invalid(`Profile with id ${one.id} not found.`, `/data/${place}/id`)
    }
    return profile
  })
  call.world.later(() => {
    for (const profile of profiles) change(call, profile, id)
  })
  return empty(204)
}

function join(call: Call, profile: Profile, listId: string): void {
  joinList(call.account, profile, listId, call.now)
}

function leave(_call: Call, profile: Profile, listId: string): void {
  delete profile.lists[listId]
}

function listsOfProfile(call: Call): PageOf<List> {
  const id = call.params['id'] ?? ''
  const profile = call.account.profiles.byId(id)
  if (profile === undefined) throw notFound('profile', id)
  const lists = Object.keys(profile.lists).flatMap((listId) => {
    const list = call.account.lists.get(listId)
    return list === undefined ? [] : [list]
  })
  return pageOf(call, lists, { idOf: (list) => list.id, keyOf: (list) => list.id })
}
