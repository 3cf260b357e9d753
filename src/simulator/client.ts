import { type Answer, type Call, empty, type Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { readAgreements, subscribePerson } from './consent.ts'
import { type ErrorObject, invalid, notFound, Refusal } from './errors.ts'
import {
  checkEventPerson,
  createEvent,
  type EventAttributes,
  personOfEvent,
  readEvent,
  recordEvent,
} from './events.ts'
import type { Json, JsonObject } from './json.ts'
import {
  applyAttributes,
  checkPerson,
  exchangeToken,
  hasIdentifier,
  noIdentifier,
  type Person,
  resolvePerson,
} from './person.ts'
import { idIn } from './records.ts'
import { showOne } from './resource.ts'

/** What browsers call, with the public key and no secret. */
export const clientHandlers: { readonly [operation: string]: Handler } = {
  create_client_event: createEvent,
  bulk_create_client_events: createEvents,
  create_client_profile: createProfile,
  create_client_subscription: subscribe,
  get_client_ip_allowlist(call) {
    const id = call.params['id'] ?? ''
    if (id !== 'integration-egress') throw notFound('ip-allowlist', id)
    return showOne(call, 200, {
      type: 'ip-allowlist',
      id,
      attributes: {
        prefixes: ['127.0.0.0/8'],
        sync_token: '1',
        created: writeTime(call.now),
      },
      links: { self: `${call.base}/client/ip-allowlists/${id}/` },
    })
  },
}

const mostEvents = 1000

/** One person's events, as a browser kept them until it knew who the person is. */
function createEvents(call: Call): Answer {
  const { attributes } = (
    call.body as {
      data: {
        attributes: {
          backfill?: boolean | null
          profile: { data: { id?: string | null; attributes: JsonObject; meta?: Json } }
          events: { data: readonly { attributes: EventAttributes }[] }
        }
      }
    }
  ).data
  const pointer = '/data/attributes'
  const given = attributes.events.data
  if (given.length > mostEvents) {
    throw invalid(
      `At most ${mostEvents} events can be sent in one request.`,
      `${pointer}/events/data`,
    )
  }
  const errors: ErrorObject[] = []
  const { id, attributes: personal, meta } = attributes.profile.data
  const person: Person = { id, attributes: personal, meta }
  checkEventPerson(person, `${pointer}/profile/data/attributes`, errors)
  const events = given.map((event, place) =>
    readEvent(
      call,
      event.attributes,
      attributes.backfill === true,
      `${pointer}/events/data/${place}/attributes`,
      errors,
    ),
  )
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    const profile = personOfEvent(call.account, person, call.now)
    for (const event of events) recordEvent(call.account, profile, event)
  })
  return empty(202)
}

/** Adds to a profile; identifiers that it has already stay as they are, without a word. */
function createProfile(call: Call): Answer {
  const { data } = call.body as {
    data: { id?: string | null; attributes: JsonObject; meta?: JsonObject }
  }
  const errors: ErrorObject[] = []
  checkPerson(data.attributes, '/data/attributes', errors)
  const person: Person = { id: data.id, attributes: data.attributes, meta: data.meta }
  if (!hasIdentifier(person)) errors.push(noIdentifier('/data/attributes'))
  if (errors.length > 0) throw new Refusal(errors)
  const profile = resolvePerson(call.account, person, call.now, 'add')
  applyAttributes(call.account, profile, person, {
    now: call.now,
    nulls: 'ignore',
    identifiers: 'keep',
  })
  if (!call.world.choices.exchangeId) return empty(202)
  return {
    status: 202,
    body: {
      meta: { exchange_id: exchangeToken(call.account, profile), should_clear_cookie: false },
    },
  }
}

function subscribe(call: Call): Answer {
  const { attributes, relationships } = (
    call.body as {
      data: {
        attributes: {
          custom_source?: string | null
          profile: { data: { id?: string | null; attributes: JsonObject } }
        }
        relationships: { list: unknown }
      }
    }
  ).data
  const listId = idIn(relationships.list) ?? ''
  if (!call.account.lists.has(listId)) throw notFound('list', listId)
  const { id, attributes: personal } = attributes.profile.data
  const pointer = '/data/attributes/profile/data/attributes'
  const errors: ErrorObject[] = []
  const agreements = readAgreements(
    call,
    personal,
    { historical: false, allowsConsentedAt: true },
    pointer,
    errors,
  )
  if (errors.length > 0) throw new Refusal(errors)
  const person = { id, attributes: personal, agreements }
  call.world.later(() => {
    subscribePerson(call.account, person, {
      now: call.now,
      listId,
      historical: false,
      customSource: attributes.custom_source ?? null,
    })
  })
  return empty(202)
}
