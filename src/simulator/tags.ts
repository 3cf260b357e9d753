import { type Call, empty, type Handler } from './call.ts'
import { conflict, invalid, notFound } from './errors.ts'
import { randomUUID } from 'node:crypto'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntries,
  getEntry,
  idIn,
  type Kind,
  pageOfEntries,
  patchEntry,
  relationHandlers,
  showEntries,
  shower,
  tableOf,
} from './records.ts'
import { showPage } from './resource.ts'

const mostTags = 500
const mostPerCall = 50

export const tagKind: Kind = {
  type: 'tag',
  path: '/api/tags',
  pageSize: 50,
  relations: {
    'tag-group': { type: 'tag-group', one: true, always: true, show: shower(() => groupKind) },
    lists: { type: 'list' },
    segments: { type: 'segment' },
    campaigns: { type: 'campaign' },
    flows: { type: 'flow' },
  },
}

const groupKind: Kind = {
  type: 'tag-group',
  path: '/api/tag-groups',
  pageSize: 25,
  relations: { tags: { type: 'tag', show: shower(() => tagKind) } },
}

const nameOf = (call: Call): string =>
  (call.body as { data: { attributes: { name: string } } }).data.attributes.name

/** Every account has a group for tags that name none. */
function defaultGroup(call: Call): Entry {
  for (const entry of tableOf(call, groupKind).values()) {
    if (entry.attributes['default'] === true) return entry
  }
  return addEntry(call, groupKind, randomUUID(), {
    name: 'Default',
    exclusive: false,
    default: true,
  })
}

function listGroups(call: Call): ReturnType<Handler> {
  defaultGroup(call)
  return getEntries(groupKind)(call)
}

const targets = ['flow', 'campaign', 'list', 'segment'] as const

function isThere(call: Call, target: (typeof targets)[number], id: string): boolean {
  return target === 'list' ? call.account.lists.has(id) : call.account.table(target).has(id)
}

function idsOf(call: Call): readonly string[] {
  const ids = (call.body as { data: readonly { id: string }[] }).data.map(({ id }) => id)
  if (ids.length > mostPerCall) throw invalid(`At most ${mostPerCall} can be named.`, '/data')
  return ids
}

function targetHandlers(target: (typeof targets)[number]): { [operation: string]: Handler } {
  const relation = `${target}s`
  const taggedWith = (call: Call): Entry[] => {
    const id = call.params['id'] ?? ''
    if (!isThere(call, target, id)) throw notFound(target, id)
    return [...tableOf(call, tagKind).values()].filter(
      (tag) => tag.related[relation]?.includes(id) === true,
    )
  }
  return {
    [`tag_${relation}`]: (call) => {
      const tag = entryOf(call, tagKind)
      const ids = idsOf(call)
      for (const id of ids) if (!isThere(call, target, id)) throw notFound(target, id)
      tag.related[relation] = [...new Set([...(tag.related[relation] ?? []), ...ids])]
      return empty(204)
    },
    [`remove_tag_from_${relation}`]: (call) => {
      const tag = entryOf(call, tagKind)
      const gone = new Set(idsOf(call))
      tag.related[relation] = (tag.related[relation] ?? []).filter((id) => !gone.has(id))
      return empty(204)
    },
    [`get_tags_for_${target}`]: (call) =>
      showEntries(call, tagKind, pageOfEntries(call, tagKind, taggedWith(call))),
    [`get_tag_ids_for_${target}`]: (call) =>
      showPage(call, pageOfEntries(call, tagKind, taggedWith(call)), ({ id }) => ({
        type: 'tag',
        id,
      })),
    ...relationHandlers(tagKind, relation, { ids: `get_${target}_ids_for_tag` }),
  }
}

export const tagHandlers: { readonly [operation: string]: Handler } = {
  get_tags: getEntries(tagKind),
  get_tag: getEntry(tagKind),
  create_tag(call) {
    if (tableOf(call, tagKind).size >= mostTags) {
      throw invalid(`An account has at most ${mostTags} tags.`, '/data')
    }
    const { relationships } = (call.body as { data: { relationships?: { 'tag-group'?: unknown } } })
      .data
    const name = nameOf(call)
    const repeated = [...tableOf(call, tagKind).values()].some(
      ({ attributes }) => attributes['name'] === name,
    )
    if (repeated) throw conflict(`A tag with the name ${name} already exists.`)
    const asked = idIn(relationships?.['tag-group'])
    const group = asked === undefined ? defaultGroup(call) : entryOf(call, groupKind, asked)
    const tag = addEntry(call, tagKind, randomUUID(), { name }, { 'tag-group': [group.id] })
    group.related['tags'] = [...(group.related['tags'] ?? []), tag.id]
    return createdAnswer(call, tagKind, tag)
  },
  update_tag(call) {
    patchEntry(call, entryOf(call, tagKind), { name: nameOf(call) })
    return empty(204)
  },
  delete_tag: deleteEntry(tagKind),
  get_tag_groups: listGroups,
  get_tag_group: getEntry(groupKind),
  create_tag_group(call) {
    const { attributes } = (
      call.body as { data: { attributes: { name: string; exclusive?: boolean | null } } }
    ).data
    const group = addEntry(call, groupKind, randomUUID(), {
      name: attributes.name,
      exclusive: attributes.exclusive ?? false,
      default: false,
    })
    return createdAnswer(call, groupKind, group)
  },
  update_tag_group(call) {
    const group = entryOf(call, groupKind)
    patchEntry(call, group, { name: nameOf(call) })
    return empty(204)
  },
  delete_tag_group(call) {
    const group = entryOf(call, groupKind)
    if (group.attributes['default'] === true) {
      throw invalid('The default tag group cannot be deleted.', '/data')
    }
    tableOf(call, groupKind).delete(group.id)
    return empty(204)
  },
  ...relationHandlers(tagKind, 'tag-group', {
    resources: 'get_tag_group_for_tag',
    ids: 'get_tag_group_id_for_tag',
  }),
  ...relationHandlers(groupKind, 'tags', {
    resources: 'get_tags_for_tag_group',
    ids: 'get_tag_ids_for_tag_group',
  }),
  ...Object.assign({}, ...targets.map((target) => targetHandlers(target))),
}
