import { type Answer, type Call, empty, type Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { conflict, invalid, invalidParameter, notFound } from './errors.ts'
import { recordOwnEvent } from './events.ts'
import { ulid } from './ids.ts'
import { imageKind } from './images.ts'
import { isObject, type JsonObject, textOf } from './json.ts'
import type { Profile } from './profile-store.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  entryOf,
  getEntries,
  getEntry,
  idIn,
  type Kind,
  patchEntry,
  relationHandlers,
  showEntry,
  shower,
  tableOf,
} from './records.ts'
import { showOne } from './resource.ts'
import { readTime } from './schema.ts'
import { segmentMembers } from './segments.ts'
import { tagKind } from './tags.ts'
import { copyTemplate, templateKind } from './templates.ts'

const campaignKind: Kind = {
  type: 'campaign',
  path: '/api/campaigns',
  pageSize: 100,
  created: 'created_at',
  updated: 'updated_at',
  relations: {
    'campaign-messages': {
      type: 'campaign-message',
      always: true,
      show: shower(() => messageKind),
    },
    tags: { type: 'tag', show: shower(() => tagKind) },
  },
  hidden: ['estimated'],
  fieldOf(entry, field, call) {
    if (field === 'messages.channel') return messagesOf(call, entry).map((one) => channelOf(one))
    const { [field]: value } = entry.attributes
    return field === 'scheduled_at' && typeof value === 'string' ? readTime(value) : undefined
  },
}

const messageKind: Kind = {
  type: 'campaign-message',
  path: '/api/campaign-messages',
  pageSize: 100,
  created: 'created_at',
  updated: 'updated_at',
  relations: {
    campaign: { type: 'campaign', one: true, always: true, show: shower(() => campaignKind) },
    template: { type: 'template', one: true, always: true, show: shower(() => templateKind) },
    image: { type: 'image', one: true, show: shower(() => imageKind) },
  },
}

const sendJobKind: Kind = {
  type: 'campaign-send-job',
  path: '/api/campaign-send-jobs',
  pageSize: 100,
  relations: {},
}

const estimationJobKind: Kind = {
  type: 'campaign-recipient-estimation-job',
  path: '/api/campaign-recipient-estimation-jobs',
  pageSize: 100,
  relations: {},
}

const emailOptions = { use_smart_sending: true }
const emailTracking = {
  add_tracking_params: false,
  custom_tracking_params: null,
  is_tracking_clicks: true,
  is_tracking_opens: true,
}

const bodyOf = (
  call: Call,
): { id: string; attributes: JsonObject; relationships?: { [name: string]: unknown } } =>
  (
    call.body as {
      data: { id: string; attributes: JsonObject; relationships?: { [name: string]: unknown } }
    }
  ).data

function messagesOf(call: Call, campaign: Entry): readonly Entry[] {
  return (campaign.related['campaign-messages'] ?? []).flatMap(
    (id) => tableOf(call, messageKind).get(id) ?? [],
  )
}

function channelOf(message: Entry): string {
  const { definition } = message.attributes
  return isObject(definition) ? textOf(definition['channel']) : ''
}

function checkAudiences(call: Call, audiences: unknown): void {
  if (!isObject(audiences)) return
  for (const side of ['included', 'excluded'] as const) {
    const ids = audiences[side]
    if (!Array.isArray(ids)) continue
    for (const id of ids as readonly string[]) {
      if (!call.account.lists.has(id) && !call.account.table('segment').has(id)) {
        throw invalid(
          `List or segment with id ${id} not found.`,
          `/data/attributes/audiences/${side}`,
        )
      }
    }
  }
}

function checkTracking(tracking: unknown): void {
  if (!isObject(tracking) || !Array.isArray(tracking['custom_tracking_params'])) return
  const names = new Set(
    (tracking['custom_tracking_params'] as readonly JsonObject[]).map(({ name }) => name),
  )
  if (!names.has('utm_source') || !names.has('utm_medium')) {
    throw invalid(
      'custom_tracking_params must include utm_source and utm_medium.',
      '/data/attributes/tracking_options/custom_tracking_params',
    )
  }
}

function addMessage(call: Call, campaign: Entry, given: JsonObject, image?: string): Entry {
  const { definition } = given
  const message = addEntry(
    call,
    messageKind,
    ulid(call.now),
    { definition: definition ?? null, send_times: [] },
    { campaign: [campaign.id], ...(image === undefined ? {} : { image: [image] }) },
  )
  campaign.related['campaign-messages'] = [
    ...(campaign.related['campaign-messages'] ?? []),
    message.id,
  ]
  return message
}

function createCampaign(call: Call): Answer {
  const { attributes } = bodyOf(call)
  const { 'campaign-messages': messages, ...given } = attributes
  checkAudiences(call, given['audiences'])
  checkTracking(given['tracking_options'])
  const audiences = isObject(given['audiences']) ? given['audiences'] : {}
  const campaign = addEntry(call, campaignKind, ulid(call.now), {
    name: given['name'] ?? '',
    status: 'Draft',
    archived: false,
    audiences: { included: audiences['included'] ?? [], excluded: audiences['excluded'] ?? [] },
    send_options: given['send_options'] ?? emailOptions,
    tracking_options: given['tracking_options'] ?? emailTracking,
    send_strategy: given['send_strategy'] ?? { method: 'immediate' },
    scheduled_at: null,
    send_time: null,
  })
  for (const { attributes: message, relationships } of (
    messages as unknown as {
      data: readonly { attributes: JsonObject; relationships?: { image?: unknown } }[]
    }
  ).data) {
    addMessage(call, campaign, message, idIn(relationships?.image))
  }
  return createdAnswer(call, campaignKind, campaign)
}

function draftOf(call: Call): Entry {
  const campaign = entryOf(call, campaignKind)
  if (campaign.attributes['status'] !== 'Draft') {
    throw conflict('Only a campaign in draft can be changed.', '/data')
  }
  return campaign
}

function assignTemplate(call: Call): Answer {
  const { id, relationships } = bodyOf(call)
  const message = entryOf(call, messageKind, id)
  const templateId = idIn(relationships?.['template']) ?? ''
  const source = entryOf(call, templateKind, templateId)
  // The message gets a copy of its own: later changes of the template do not reach it.
  const copy = copyTemplate(call, source, source.attributes['name'] ?? '')
  message.related['template'] = [copy.id]
  message.updated = call.now
  const { definition } = message.attributes
  const { label, channel, content } = isObject(definition) ? definition : {}
  const shown = showEntry(call, messageKind, message)
  return showOne(call, 200, {
    ...shown,
    attributes: {
      label: label ?? '',
      channel: channel ?? 'email',
      content: content ?? {},
      send_times: message.attributes['send_times'],
      render_options: null,
      created_at: writeTime(message.created),
      updated_at: writeTime(message.updated),
    },
  })
}

/** Sends at once, or when the strategy says; who cannot receive is passed over. */
function send(call: Call): Answer {
  const campaign = entryOf(call, campaignKind, bodyOf(call).id)
  if (campaign.attributes['status'] !== 'Draft') {
    throw conflict('The campaign was scheduled or sent already.', '/data/id')
  }
  const { send_strategy: strategy } = campaign.attributes
  const at = isObject(strategy)
    ? readTime(textOf(strategy['datetime'] ?? strategy['date'] ?? ''))
    : undefined
  const waits = at === undefined ? 0 : Math.max(0, at - call.now)
  campaign.attributes['status'] = waits > 0 ? 'Scheduled' : 'Sending'
  campaign.attributes['scheduled_at'] = writeTime(call.now)
  campaign.attributes['send_time'] = writeTime(call.now + waits)
  campaign.updated = call.now
  const job = addEntry(call, sendJobKind, campaign.id, { status: 'queued' })
  const answer = createdAnswer(call, sendJobKind, job, 202)
  const status = campaign.attributes['status']
  call.world.later(() => {
    // A cancelled campaign stays unsent.
    if (campaign.attributes['status'] !== status) return
    deliver(call, campaign, job)
  }, waits + call.world.visibleAfterMs)
  return answer
}

function deliver(call: Call, campaign: Entry, job: Entry): void {
  const now = call.world.clock.now()
  const people = audienceOf(call, campaign).filter(
    ({ email, consent }) =>
      email !== null &&
      consent?.channels['email/marketing']?.status !== 'UNSUBSCRIBED' &&
      (consent?.suppressions.length ?? 0) === 0,
  )
  job.attributes['status'] = 'complete'
  campaign.attributes['status'] = people.length === 0 ? 'Cancelled: No Recipients' : 'Sent'
  campaign.updated = now
  for (const profile of people) {
    recordOwnEvent(call.account, profile, 'Received Email', now, {
      $message: campaign.id,
      'Campaign Name': campaign.attributes['name'] ?? '',
    })
  }
}

function audienceOf(call: Call, campaign: Entry): readonly Profile[] {
  const { audiences } = campaign.attributes
  if (!isObject(audiences)) return []
  const membersOf = (ids: unknown): ReadonlySet<Profile> => {
    const people = new Set<Profile>()
    for (const id of (Array.isArray(ids) ? ids : []) as readonly string[]) {
      if (call.account.lists.has(id)) {
        for (const profile of call.account.profiles.all()) {
          if (profile.lists[id] !== undefined) people.add(profile)
        }
      } else {
        for (const profile of segmentMembers(call, id).keys()) people.add(profile)
      }
    }
    return people
  }
  const excluded = membersOf(audiences['excluded'])
  return [...membersOf(audiences['included'])].filter((profile) => !excluded.has(profile))
}

export const campaignHandlers: { readonly [operation: string]: Handler } = {
  get_campaigns(call) {
    if (!call.query.filter.some(({ field }) => field === 'messages.channel')) {
      throw invalidParameter(
        "A channel filter is required to list campaigns: filter=equals(messages.channel,'email').",
        'filter',
      )
    }
    return getEntries(campaignKind)(call)
  },
  get_campaign: getEntry(campaignKind),
  create_campaign: createCampaign,
  update_campaign(call) {
    const campaign = draftOf(call)
    const { attributes } = bodyOf(call)
    checkAudiences(call, attributes['audiences'])
    checkTracking(attributes['tracking_options'])
    patchEntry(call, campaign, attributes)
    return createdAnswer(call, campaignKind, campaign, 200)
  },
  delete_campaign(call) {
    const campaign = entryOf(call, campaignKind)
    for (const message of messagesOf(call, campaign)) tableOf(call, messageKind).delete(message.id)
    tableOf(call, campaignKind).delete(campaign.id)
    return empty(204)
  },
  create_campaign_clone(call) {
    const { id, attributes } = bodyOf(call)
    const source = entryOf(call, campaignKind, id)
    const name = attributes['new_name'] ?? `${textOf(source.attributes['name'])} (clone)`
    const clone = addEntry(call, campaignKind, ulid(call.now), {
      ...source.attributes,
      name,
      status: 'Draft',
      scheduled_at: null,
      send_time: null,
    })
    for (const message of messagesOf(call, source)) addMessage(call, clone, message.attributes)
    return createdAnswer(call, campaignKind, clone)
  },
  get_campaign_message: getEntry(messageKind),
  update_campaign_message(call) {
    const message = entryOf(call, messageKind)
    const { attributes, relationships } = bodyOf(call)
    patchEntry(call, message, attributes)
    const image = idIn(relationships?.['image'])
    if (image !== undefined) message.related['image'] = [entryOf(call, imageKind, image).id]
    return createdAnswer(call, messageKind, message, 200)
  },
  update_image_for_campaign_message(call) {
    const message = entryOf(call, messageKind)
    const image = (call.body as { data: { id: string } }).data.id
    message.related['image'] = [entryOf(call, imageKind, image).id]
    return empty(204)
  },
  assign_template_to_campaign_message: assignTemplate,
  send_campaign: send,
  get_campaign_send_job: getEntry(sendJobKind),
  cancel_campaign_send(call) {
    const job = entryOf(call, sendJobKind)
    const campaign = entryOf(call, campaignKind, job.id)
    if (campaign.attributes['status'] === 'Sent') {
      throw conflict('The campaign was sent already.', '/data')
    }
    const action = bodyOf(call).attributes['action']
    campaign.attributes['status'] = action === 'revert' ? 'Draft' : 'Cancelled'
    job.attributes['status'] = 'cancelled'
    return empty(204)
  },
  refresh_campaign_recipient_estimation(call) {
    const campaign = entryOf(call, campaignKind, bodyOf(call).id)
    const job = addEntry(call, estimationJobKind, campaign.id, { status: 'queued' })
    const answer = createdAnswer(call, estimationJobKind, job, 202)
    call.world.later(() => {
      job.attributes['status'] = 'complete'
      campaign.attributes['estimated'] = audienceOf(call, campaign).length
    })
    return answer
  },
  get_campaign_recipient_estimation_job: getEntry(estimationJobKind),
  get_campaign_recipient_estimation(call) {
    const campaign = entryOf(call, campaignKind)
    const count = campaign.attributes['estimated']
    if (typeof count !== 'number') throw notFound('campaign-recipient-estimation', campaign.id)
    return showOne(call, 200, {
      type: 'campaign-recipient-estimation',
      id: campaign.id,
      attributes: { estimated_recipient_count: count },
      links: { self: `${call.base}/api/campaign-recipient-estimations/${campaign.id}/` },
    })
  },
  ...relationHandlers(campaignKind, 'campaign-messages', {
    resources: 'get_messages_for_campaign',
    ids: 'get_message_ids_for_campaign',
  }),
  ...relationHandlers(messageKind, 'campaign', {
    resources: 'get_campaign_for_campaign_message',
    ids: 'get_campaign_id_for_campaign_message',
  }),
  ...relationHandlers(messageKind, 'template', {
    resources: 'get_template_for_campaign_message',
    ids: 'get_template_id_for_campaign_message',
  }),
  ...relationHandlers(messageKind, 'image', {
    resources: 'get_image_for_campaign_message',
    ids: 'get_image_id_for_campaign_message',
  }),
}
