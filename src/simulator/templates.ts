import type { Call, Handler } from './call.ts'
import { invalid } from './errors.ts'
import { shortId } from './ids.ts'
import { isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntries,
  getEntry,
  type Kind,
  patchEntry,
  showEntry,
  tableOf,
} from './records.ts'
import { showOne } from './resource.ts'

const mostTemplates = 1000
const editors = ['CODE', 'USER_DRAGGABLE', 'SYSTEM_DRAGGABLE']

export const templateKind: Kind = {
  type: 'template',
  path: '/api/templates',
  pageSize: 10,
  created: 'created',
  updated: 'updated',
  relations: {},
}

const universalKind: Kind = {
  type: 'template-universal-content',
  path: '/api/template-universal-content',
  pageSize: 20,
  created: 'created',
  updated: 'updated',
  relations: {},
}

const attributesOf = (call: Call): JsonObject =>
  (call.body as { data: { attributes: JsonObject } }).data.attributes
const idOf = (call: Call): string => (call.body as { data: { id: string } }).data.id

/** A copy, as cloning makes one and assigning to a campaign message does. */
export function copyTemplate(call: Call, source: Entry, name: Json): Entry {
  return addEntry(call, templateKind, shortId(), { ...source.attributes, name })
}

export const templateHandlers: { readonly [operation: string]: Handler } = {
  get_templates: getEntries(templateKind),
  get_template: getEntry(templateKind),
  create_template(call) {
    if (tableOf(call, templateKind).size >= mostTemplates) {
      throw invalid(`An account has at most ${mostTemplates} templates.`, '/data')
    }
    const given = attributesOf(call)
    if (!editors.includes(textOf(given['editor_type']))) {
      throw invalid(
        `The editor_type must be one of ${editors.join(', ')}.`,
        '/data/attributes/editor_type',
      )
    }
    const { definition, ...rest } = given
    const entry = addEntry(call, templateKind, shortId(), {
      text: null,
      amp: null,
      ...rest,
      html: rest['html'] ?? '',
      ...(isObject(definition) ? { definition } : {}),
    })
    return createdAnswer(call, templateKind, entry)
  },
  update_template(call) {
    const entry = entryOf(call, templateKind)
    patchEntry(call, entry, attributesOf(call))
    return createdAnswer(call, templateKind, entry, 200)
  },
  delete_template: deleteEntry(templateKind),
  clone_template(call) {
    const source = entryOf(call, templateKind, idOf(call))
    const name = attributesOf(call)['name'] ?? `${textOf(source.attributes['name'])} (clone)`
    return createdAnswer(call, templateKind, copyTemplate(call, source, name), 200)
  },
  // Recorded: 200, where the OpenAPI file says 201.
  render_template(call) {
    const source = entryOf(call, templateKind, idOf(call))
    const context = attributesOf(call)['context']
    const shown = showEntry(call, templateKind, source)
    const render = (text: Json | undefined): Json =>
      typeof text === 'string' && isObject(context) ? fill(text, context) : (text ?? null)
    return showOne(call, 200, {
      ...shown,
      attributes: {
        ...shown.attributes,
        html: render(source.attributes['html']),
        text: render(source.attributes['text']),
      },
    })
  },
  get_all_universal_content: getEntries(universalKind),
  get_universal_content: getEntry(universalKind),
  create_universal_content(call) {
    const entry = addEntry(call, universalKind, shortId(), {
      ...attributesOf(call),
      screenshot_status: 'never_generated',
      screenshot_url: '',
    })
    return createdAnswer(call, universalKind, entry)
  },
  update_universal_content(call) {
    const entry = entryOf(call, universalKind)
    patchEntry(call, entry, attributesOf(call))
    return createdAnswer(call, universalKind, entry, 200)
  },
  delete_universal_content: deleteEntry(universalKind),
}

/** `{{ event.OrderId|default:'none' }}`: names with dots, and a default; no other tags. */
function fill(text: string, context: JsonObject): string {
  return text.replace(
    /\{\{\s*([\w.$-]+)\s*(?:\|\s*default:\s*['"]([^'"]*)['"]\s*)?\}\}/g,
    (_whole, path: string, fallback: string | undefined) => {
      let value: Json | undefined = context
      for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined
      if (value === undefined || value === null) return fallback ?? ''
      return typeof value === 'string' ? value : JSON.stringify(value)
    },
  )
}
