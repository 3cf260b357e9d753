import type { Account } from './account.ts'
import { type Call, type Handler } from './call.ts'
import { forbidden, invalid, notFound } from './errors.ts'
import { ulid } from './ids.ts'
import { type JsonObject, textOf } from './json.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntry,
  idsIn,
  type Kind,
  patchEntry,
  showEntry,
  tableOf,
} from './records.ts'
import { type Resource, showAll, showOne } from './resource.ts'
import { topicOf } from './webhook-topics.ts'

const leastSecret = 16

const webhookKind: Kind = {
  type: 'webhook',
  path: '/api/webhooks',
  pageSize: 100,
  created: 'created_at',
  updated: 'updated_at',
  hidden: ['secret_key', 'failing_since'],
  relations: {
    'webhook-topics': {
      type: 'webhook-topic',
      always: true,
      show: (call, id) => topicResource(call, id),
    },
  },
  // What is behind the host is not shown again.
  computed: (_call, { attributes }) => ({
    endpoint_url: `${new URL(textOf(attributes['endpoint_url'])).origin}/*****`,
  }),
}

const own = [
  'subscribed_to_email_marketing',
  'unsubscribed_from_email_marketing',
  'updated_email_preferences',
  'subscribed_to_list',
  'unsubscribed_from_list',
  'manually_suppressed_from_email_marketing',
  'manually_unsuppressed_from_email_marketing',
  'marked_email_as_spam',
  'bounced_email',
  'dropped_email',
  'clicked_email_to_unsubscribe',
  'subscribed_to_sms_marketing',
  'unsubscribed_from_sms_marketing',
  'subscribed_to_text_messaging_marketing',
  'unsubscribed_from_text_messaging_marketing',
  'unsubscribed_from_text_messaging_transactional',
  'merged_profile',
  'subscribed_to_back_in_stock',
  'received_email',
  'opened_email',
  'clicked_email',
  'skipped_send',
].map((name) => `event:klaviyo.${name}`)

/** Klaviyo's own topics, and one per metric of the account. */
function topicsOf(account: Account): readonly string[] {
  return [...new Set([...own, ...account.metrics.map((metric) => topicOf(metric))])]
}

function topicResource(call: Call, id: string): Resource {
  return {
    type: 'webhook-topic',
    id,
    links: { self: `${call.base}/api/webhook-topics/${encodeURIComponent(id)}/` },
  }
}

/** Webhooks are for apps, and for accounts with Advanced KDP. */
const gated =
  (handler: Handler): Handler =>
  (call) => {
    if (!call.caller.isApp && !call.account.advancedKdp) {
      throw forbidden('You must have Advanced KDP enabled to use this endpoint.')
    }
    return handler(call)
  }

function checkWebhook(attributes: JsonObject): void {
  const { endpoint_url: url, secret_key: secret } = attributes
  if (url !== undefined && url !== null && !isAllowedUrl(textOf(url))) {
    throw invalid('The endpoint_url must be an https URL.', '/data/attributes/endpoint_url')
  }
  if (typeof secret === 'string' && secret.length < leastSecret) {
    throw invalid(
      `The secret_key must have at least ${leastSecret} characters.`,
      '/data/attributes/secret_key',
    )
  }
}

// Klaviyo takes https alone. A test has its receiver on this machine, so loopback is let through.
function isAllowedUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  )
}

function checkTopics(call: Call, topics: readonly string[]): void {
  const known = new Set(topicsOf(call.account))
  for (const topic of topics) {
    if (!known.has(topic)) throw notFound('webhook-topic', topic)
  }
  if (topics.length === 0) {
    throw invalid('At least one topic is required.', '/data/relationships/webhook-topics')
  }
}

interface Body {
  readonly attributes: JsonObject
  readonly relationships?: { readonly 'webhook-topics'?: unknown }
}

const dataOf = (call: Call): Body => (call.body as { data: Body }).data

const handlers: { readonly [operation: string]: Handler } = {
  get_webhooks: (call) =>
    showAll(
      call,
      [...tableOf(call, webhookKind).values()].map((entry) => showEntry(call, webhookKind, entry)),
      call.query.include.size === 0
        ? undefined
        : [...tableOf(call, webhookKind).values()].flatMap((entry) =>
            (entry.related['webhook-topics'] ?? []).map((id) => topicResource(call, id)),
          ),
    ),
  get_webhook: getEntry(webhookKind),
  create_webhook(call) {
    const { attributes, relationships } = dataOf(call)
    checkWebhook(attributes)
    const topics = idsIn(relationships?.['webhook-topics']) ?? []
    checkTopics(call, topics)
    const entry = addEntry(
      call,
      webhookKind,
      ulid(call.now),
      { description: null, ...attributes, enabled: true },
      { 'webhook-topics': topics },
    )
    return createdAnswer(call, webhookKind, entry)
  },
  update_webhook(call) {
    const entry = entryOf(call, webhookKind)
    const { attributes, relationships } = dataOf(call)
    checkWebhook(attributes)
    const topics = idsIn(relationships?.['webhook-topics'])
    if (topics !== undefined) {
      checkTopics(call, topics)
      entry.related['webhook-topics'] = topics
    }
    patchEntry(call, entry, presentOnly(attributes))
    if (attributes['enabled'] === true) delete entry.attributes['failing_since']
    return createdAnswer(call, webhookKind, entry, 200)
  },
  delete_webhook: deleteEntry(webhookKind),
  get_webhook_topics: (call) =>
    showAll(
      call,
      topicsOf(call.account).map((id) => topicResource(call, id)),
    ),
  get_webhook_topic(call) {
    const id = call.params['id'] ?? ''
    if (!topicsOf(call.account).includes(id)) throw notFound('webhook-topic', id)
    return showOne(call, 200, topicResource(call, id))
  },
}

export const webhookHandlers: { readonly [operation: string]: Handler } = Object.fromEntries(
  Object.entries(handlers).map(([name, handler]) => [name, gated(handler)]),
)

/** A null leaves a webhook's member as it is. */
function presentOnly(attributes: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
}

export function webhooksFor(account: Account, topic: string): readonly Entry[] {
  return [...account.table('webhook').values()].filter(
    ({ attributes, related }) =>
      attributes['enabled'] === true && related['webhook-topics']?.includes(topic) === true,
  )
}
