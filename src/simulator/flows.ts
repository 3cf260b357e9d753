import { type Call, empty, type Handler } from './call.ts'
import { invalid } from './errors.ts'
import { shortId } from './ids.ts'
import { isObject, type JsonObject, textOf } from './json.ts'
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
  relationHandlers,
  showEntries,
  shower,
  tableOf,
} from './records.ts'
import { showPage } from './resource.ts'
import { tagKind } from './tags.ts'

/** Flows are kept and shown; the simulator does not run them. */
const flowKind: Kind = {
  type: 'flow',
  path: '/api/flows',
  pageSize: 50,
  created: 'created',
  updated: 'updated',
  relations: {
    'flow-actions': { type: 'flow-action', show: shower(() => actionKind) },
    tags: { type: 'tag', show: shower(() => tagKind) },
  },
  hidden: ['definition'],
  computed: (call, entry) =>
    call.query.additional.has('definition') ? { definition: entry.attributes['definition'] } : {},
}

const actionKind: Kind = {
  type: 'flow-action',
  path: '/api/flow-actions',
  pageSize: 50,
  created: 'created',
  updated: 'updated',
  relations: {
    flow: { type: 'flow', one: true, always: true, show: shower(() => flowKind) },
    'flow-messages': { type: 'flow-message', show: shower(() => messageKind) },
  },
}

const messageKind: Kind = {
  type: 'flow-message',
  path: '/api/flow-messages',
  pageSize: 50,
  created: 'created',
  updated: 'updated',
  relations: {
    'flow-action': { type: 'flow-action', one: true, always: true, show: shower(() => actionKind) },
    template: { type: 'template', one: true },
  },
}

const triggerTypes = new Map([
  ['metric', 'Metric'],
  ['list', 'Added to List'],
  ['segment', 'Added to List'],
  ['date', 'Date Based'],
  ['price-drop', 'Price Drop'],
  ['low-inventory', 'Low Inventory'],
])

const bodyOf = (call: Call): JsonObject =>
  (call.body as { data: { attributes: JsonObject } }).data.attributes

function createFlow(call: Call): ReturnType<Handler> {
  const given = bodyOf(call)
  const definition = isObject(given['definition']) ? given['definition'] : {}
  const triggers = (definition['triggers'] ?? []) as readonly JsonObject[]
  if (triggers.length !== 1) {
    throw invalid('A flow has exactly one trigger.', '/data/attributes/definition/triggers')
  }
  const flow = addEntry(call, flowKind, shortId(), {
    name: given['name'] ?? '',
    status: 'draft',
    archived: false,
    trigger_type: triggerTypes.get(textOf(triggers[0]?.['type'])) ?? 'Unconfigured',
    definition,
  })
  const actions = (definition['actions'] ?? []) as readonly JsonObject[]
  flow.related['flow-actions'] = actions.map((action) => addAction(call, flow, action).id)
  return createdAnswer(call, flowKind, flow)
}

function addAction(
  call: Call,
  flow: Entry,
  { temporary_id: _temporary, ...given }: JsonObject,
): Entry {
  const id = shortId()
  const action = addEntry(
    call,
    actionKind,
    id,
    { definition: { ...given, id } },
    { flow: [flow.id] },
  )
  const message = isObject(given['data']) ? given['data']['message'] : undefined
  if (isObject(message)) {
    const shown = addEntry(
      call,
      messageKind,
      shortId(),
      { channel: textOf(given['type']).replace('send-', ''), definition: message },
      { 'flow-action': [id] },
    )
    action.related['flow-messages'] = [shown.id]
  }
  return action
}

/** The flows that a metric, list or segment starts. */
function triggeredBy(call: Call): readonly Entry[] {
  const id = call.params['id'] ?? ''
  return [...tableOf(call, flowKind).values()].filter(({ attributes }) => {
    const definition = attributes['definition']
    const triggers = isObject(definition) ? definition['triggers'] : undefined
    return (
      Array.isArray(triggers) &&
      (triggers as readonly JsonObject[]).some((trigger) => trigger['id'] === id)
    )
  })
}

const flowsOf: Handler = (call) =>
  showEntries(call, flowKind, pageOfEntries(call, flowKind, triggeredBy(call)))
const flowIdsOf: Handler = (call) =>
  showPage(call, pageOfEntries(call, flowKind, triggeredBy(call)), ({ id }) => ({
    type: 'flow',
    id,
  }))

export const flowHandlers: { readonly [operation: string]: Handler } = {
  get_flows: getEntries(flowKind),
  get_flow: getEntry(flowKind),
  create_flow: createFlow,
  update_flow(call) {
    const flow = entryOf(call, flowKind)
    const { status } = bodyOf(call)
    if (!['draft', 'manual', 'live'].includes(textOf(status))) {
      throw invalid('The status must be draft, manual or live.', '/data/attributes/status')
    }
    patchEntry(call, flow, { status: status ?? 'draft' })
    return createdAnswer(call, flowKind, flow, 200)
  },
  delete_flow(call) {
    const flow = entryOf(call, flowKind)
    for (const id of flow.related['flow-actions'] ?? []) tableOf(call, actionKind).delete(id)
    tableOf(call, flowKind).delete(flow.id)
    return empty(204)
  },
  get_flow_action: getEntry(actionKind),
  update_flow_action(call) {
    const action = entryOf(call, actionKind)
    patchEntry(call, action, bodyOf(call))
    return createdAnswer(call, actionKind, action, 200)
  },
  delete_flow_action: deleteEntry(actionKind),
  get_flow_message: getEntry(messageKind),
  ...relationHandlers(flowKind, 'flow-actions', {
    resources: 'get_actions_for_flow',
    ids: 'get_action_ids_for_flow',
  }),
  ...relationHandlers(actionKind, 'flow', {
    resources: 'get_flow_for_flow_action',
    ids: 'get_flow_id_for_flow_action',
  }),
  ...relationHandlers(actionKind, 'flow-messages', {
    resources: 'get_flow_action_messages',
    ids: 'get_message_ids_for_flow_action',
  }),
  ...relationHandlers(messageKind, 'flow-action', {
    resources: 'get_action_for_flow_message',
    ids: 'get_action_id_for_flow_message',
  }),
  ...relationHandlers(messageKind, 'template', {
    resources: 'get_template_for_flow_message',
    ids: 'get_template_id_for_flow_message',
  }),
  get_flows_triggered_by_list: flowsOf,
  get_ids_for_flows_triggered_by_list: flowIdsOf,
  get_flows_triggered_by_segment: flowsOf,
  get_ids_for_flows_triggered_by_segment: flowIdsOf,
  get_flows_triggered_by_metric: flowsOf,
  get_ids_for_flows_triggered_by_metric: flowIdsOf,
}
