import type { Account, Integration } from './account.ts'
import { type Answer, type Call, empty, type Handler, type Look } from './call.ts'
import { writeTime } from './clock.ts'
import {
  type ErrorObject,
  invalid,
  invalidObject,
  invalidParameter,
  notFound,
  Refusal,
} from './errors.ts'
import type { StoredEvent } from './event-store.ts'
import { type Condition, meets } from './filter.ts'
import { eventId, eventUuid, placeOfEvent } from './ids.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { metricResource } from './metrics.ts'
import {
  applyAttributes,
  checkPerson,
  hasIdentifier,
  identifierOf,
  noIdentifier,
  type Person,
  profilesOf,
  resolvePerson,
} from './person.ts'
import { identifierKeys, type Profile } from './profile-store.ts'
import { profileResource } from './profiles.ts'
import { showPage, showOne, readCursor, type Resource, resource, writeCursor } from './resource.ts'
import { readTime } from './schema.ts'

export const eventHandlers: { readonly [operation: string]: Handler } = {
  create_event: createEvent,
  bulk_create_events: createEvents,
  get_events: getEvents,
  get_event: getEvent,
  get_metric_for_event: metricOfEvent,
  get_profile_for_event: profileOfEvent,
  get_metric_id_for_event: (call) => refAnswer(call, 'metric'),
  get_profile_id_for_event: (call) => refAnswer(call, 'profile'),
}

function refAnswer(call: Call, type: 'metric' | 'profile'): Answer {
  const event = eventOf(call)
  const { id } =
    (type === 'metric'
      ? call.account.metrics[event.metric]
      : call.account.profiles.at(event.profile)) ?? {}
  return {
    status: 200,
    body: {
      data: id === undefined ? null : { type, id },
      links: { self: call.base + call.target },
    },
  }
}

const mostBulkEvents = 1000
const mostProperties = 400
const mostStringBytes = 100 * 1024
const mostArrayItems = 4000
const mostDepth = 10
const earliest = Date.UTC(1990, 0, 1)
const yearMs = 366 * 86_400_000

/** An event that was found in order, on its way to the account. */
export interface AcceptedEvent {
  readonly metric: string
  readonly integration: Integration
  readonly uniqueId: string
  readonly timeMs: number
  readonly receivedMs: number
  readonly value: number | null
  readonly currency: string | null
  readonly backfill: boolean
  /** The properties as JSON text. */
  readonly properties: string
}

export interface EventAttributes {
  readonly properties: JsonObject
  readonly time?: string | null
  readonly value?: number | null
  readonly value_currency?: string | null
  readonly unique_id?: string | null
  readonly backfill?: boolean | null
  readonly metric: { readonly data: { readonly attributes: { readonly name: string } } }
}

export function createEvent(call: Call): Answer {
  const { data } = call.body as {
    data: {
      attributes: EventAttributes & {
        profile: { data: { id?: string | null; attributes: JsonObject } }
      }
    }
  }
  const { attributes } = data
  const errors: ErrorObject[] = []
  const event = readEvent(call, attributes, false, '/data/attributes', errors)
  const { id, attributes: personal } = attributes.profile.data
  // `meta` stands inside the attributes here, and beside them in bulk.
  const person: Person = { id, attributes: personal, meta: personal['meta'] }
  checkEventPerson(person, '/data/attributes/profile/data/attributes', errors)
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    const profile = personOfEvent(call.account, person, call.now)
    recordEvent(call.account, profile, event)
  })
  return empty(202)
}

interface Group {
  readonly person: Person
  readonly events: AcceptedEvent[]
}

function createEvents(call: Call): Answer {
  const { data } = call.body as {
    data: {
      attributes: {
        'events-bulk-create': {
          data: readonly {
            attributes: {
              backfill?: boolean | null
              profile: { data: { id?: string | null; attributes: JsonObject; meta?: Json } }
              events: { data: readonly { attributes: EventAttributes }[] }
            }
          }[]
        }
      }
    }
  }
  const start = '/data/attributes/events-bulk-create/data'
  const errors: ErrorObject[] = []
  const groups: Group[] = []
  const repeats = new Repeats(call)
  const refusesImplied = call.world.choices.impliedRepeats === 'refuse'
  let count = 0
  for (const [place, { attributes }] of data.attributes['events-bulk-create'].data.entries()) {
    const { id, attributes: personal, meta } = attributes.profile.data
    const person: Person = { id, attributes: personal, meta }
    const pointer = `${start}/${place}/attributes`
    checkEventPerson(person, `${pointer}/profile/data/attributes`, errors)
    const events: AcceptedEvent[] = []
    const personKey = repeats.personOf(person)
    for (const [eventPlace, { attributes: given }] of attributes.events.data.entries()) {
      count += 1
      const eventPointer = `${pointer}/events/data/${eventPlace}/attributes`
      const event = readEvent(call, given, attributes.backfill === true, eventPointer, errors)
      events.push(event)
      if (
        (typeof given.unique_id === 'string' || refusesImplied) &&
        repeats.isRepeated(personKey, event)
      ) {
        errors.push(
          invalidObject(
            'The unique_id is repeated for this profile and metric; no events were processed.',
            `${eventPointer}/unique_id`,
          ),
        )
      }
    }
    groups.push({ person, events })
  }
  if (count > mostBulkEvents) {
    throw invalid(`At most ${mostBulkEvents} events can be sent in one request.`, start)
  }
  if (errors.length > 0) throw new Refusal(errors.slice(0, 100))
  call.world.later(() => {
    for (const { person, events } of groups) {
      const profile = personOfEvent(call.account, person, call.now)
      for (const event of events) recordEvent(call.account, profile, event)
    }
  })
  return empty(202)
}

/** Finds unique ids that come again for the same person and metric. */
class Repeats {
  readonly #seen = new Set<string>()
  readonly #account: Account
  readonly #history: boolean
  readonly #integration: Integration

  constructor({ account, world, caller }: Call) {
    this.#account = account
    this.#history = world.choices.repeats === 'history'
    this.#integration = caller.integration
  }

  /** Two ways to name one known profile are the same person here. */
  personOf(person: Person): { readonly key: string; readonly profile: Profile | undefined } {
    const [profile] = profilesOf(this.#account, person)
    if (profile !== undefined) return { key: String(profile.place), profile }
    for (const key of identifierKeys) {
      const value = identifierOf(person.attributes, key)
      if (value !== undefined) return { key: `${key}\n${value}`, profile }
    }
    return { key: JSON.stringify(person.attributes['_kx'] ?? person.id ?? null), profile }
  }

  isRepeated(
    person: { readonly key: string; readonly profile: Profile | undefined },
    event: AcceptedEvent,
  ): boolean {
    const key = `${person.key}\n${event.metric}\n${event.uniqueId}`
    const before = this.#seen.size
    this.#seen.add(key)
    if (this.#seen.size === before) return true
    if (!this.#history || person.profile === undefined) return false
    const metric = this.#account.metricNamed(event.metric, this.#integration.key)
    return (
      metric !== undefined &&
      this.#account.events.has(person.profile.place, metric.place, event.uniqueId, event.receivedMs)
    )
  }
}

export function checkEventPerson(person: Person, pointer: string, errors: ErrorObject[]): void {
  checkPerson(person.attributes, pointer, errors)
  if (!hasIdentifier(person)) errors.push(noIdentifier(pointer))
}

/** Reads one event; what is wrong with it goes to `errors`. */
export function readEvent(
  call: Call,
  given: EventAttributes,
  groupBackfill: boolean,
  pointer: string,
  errors: ErrorObject[],
): AcceptedEvent {
  const { now } = call
  const name = given.metric.data.attributes.name
  if (name.length === 0 || name.length >= 128) {
    errors.push(
      invalidObject(
        'The metric name must have at least 1 and fewer than 128 characters.',
        `${pointer}/metric/data/attributes/name`,
      ),
    )
  }
  const { account, caller } = call
  if (
    account.metrics.length >= call.world.choices.mostMetrics &&
    account.metricNamed(name, caller.integration.key) === undefined
  ) {
    errors.push(
      invalidObject(
        `An account has at most ${call.world.choices.mostMetrics} metrics.`,
        `${pointer}/metric/data/attributes/name`,
      ),
    )
  }
  let timeMs = Math.floor(now / 1000) * 1000
  if (typeof given.time === 'string') {
    timeMs = Math.floor((readTime(given.time) ?? now) / 1000) * 1000
    if (timeMs < earliest || timeMs > now + yearMs) {
      errors.push(
        invalidObject(
          'The time must be after 1990 and no more than a year ahead.',
          `${pointer}/time`,
        ),
      )
    }
  }
  let uniqueId = given.unique_id ?? undefined
  if (uniqueId !== undefined && (uniqueId.length === 0 || uniqueId.length > 255)) {
    errors.push(
      invalidObject(
        'The unique_id must have between 1 and 255 characters.',
        `${pointer}/unique_id`,
      ),
    )
  }
  let value = given.value ?? null
  const currency = given.value_currency ?? null
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) {
    errors.push(
      invalidObject(
        'The value_currency must be an ISO 4217 currency code.',
        `${pointer}/value_currency`,
      ),
    )
  }
  if (call.world.choices.liftsSpecialKeys) {
    const { $event_id: liftedId, $value: liftedValue } = given.properties
    if (uniqueId === undefined && typeof liftedId === 'string') uniqueId = liftedId
    if (value === null && typeof liftedValue === 'number') value = liftedValue
  }
  const properties = JSON.stringify(given.properties)
  const rules = { bytes: properties.length, isOld: call.world.choices.olderEventLimits }
  checkProperties(given.properties, rules, `${pointer}/properties`, errors)
  return {
    metric: name,
    integration: call.caller.integration,
    uniqueId: uniqueId ?? String(timeMs / 1000),
    timeMs,
    receivedMs: now,
    value,
    currency,
    backfill: given.backfill ?? groupBackfill,
    properties,
  }
}

function checkProperties(
  properties: JsonObject,
  { bytes, isOld }: { readonly bytes: number; readonly isOld: boolean },
  pointer: string,
  errors: ErrorObject[],
): void {
  if (Object.keys(properties).length > mostProperties) {
    errors.push(invalidObject(`An event has at most ${mostProperties} properties.`, pointer))
  }
  // A small event cannot hold anything too large; only its depth has to be looked at.
  const isSmall = bytes < mostArrayItems * 2
  if (isSmall && (bytes < 2 * mostDepth || !isOld)) return
  const found = sizeProblem(properties, 0, { isSmall, isOld })
  if (found !== undefined) errors.push(invalidObject(found, pointer))
}

function sizeProblem(
  value: Json | undefined,
  depth: number,
  rules: { readonly isSmall: boolean; readonly isOld: boolean },
): string | undefined {
  const { isSmall, isOld } = rules
  if (typeof value === 'string') {
    return !isSmall &&
      value.length * 3 > mostStringBytes &&
      Buffer.byteLength(value) > mostStringBytes
      ? 'A string is larger than 100 KB.'
      : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (isOld && depth > mostDepth) return `Properties are nested more than ${mostDepth} deep.`
  if (isOld && Array.isArray(value) && value.length > mostArrayItems) {
    return `An array has more than ${mostArrayItems} items.`
  }
  for (const inner of Object.values(value)) {
    if (isSmall && (typeof inner !== 'object' || inner === null)) continue
    const found = sizeProblem(inner as Json, depth + 1, rules)
    if (found !== undefined) return found
  }
  return undefined
}

export function personOfEvent(account: Account, person: Person, now: number): Profile {
  const profile = resolvePerson(account, person, now)
  applyAttributes(account, profile, person, { now, nulls: 'clear', identifiers: 'keep' })
  return profile
}

/** Keeps the event, unless its like is here already. */
export function recordEvent(account: Account, profile: Profile, event: AcceptedEvent): boolean {
  const metric = account.metricFor(event.metric, event.integration, event.receivedMs)
  const place = account.events.add({
    profile: profile.place,
    metric: metric.place,
    timeMs: event.timeMs,
    receivedMs: event.receivedMs,
    value: event.value,
    currency: event.currency,
    backfill: event.backfill,
    uniqueId: event.uniqueId,
    properties: event.properties,
  })
  if (place === undefined) return false
  metric.count += 1
  metric.lastEvent = Math.max(metric.lastEvent ?? 0, event.timeMs)
  profile.lastEvent = Math.max(profile.lastEvent ?? 0, event.timeMs)
  account.onEvent?.(place)
  return true
}

/** The properties as Klaviyo gives them back, with the ones that it adds. */
function propertiesOf(event: StoredEvent): JsonObject {
  const properties = JSON.parse(event.properties) as JsonObject
  return {
    ...properties,
    ...(event.currency === null ? {} : { $value_currency: event.currency }),
    $event_id: event.uniqueId,
    $value: event.value ?? properties['$value'] ?? 0,
  }
}

export function eventResource(call: Look, event: StoredEvent): Resource {
  const metric = call.account.metrics[event.metric]
  const profile = call.account.profiles.at(event.profile)
  return resource(call, {
    type: 'event',
    id: eventId(event.place),
    path: '/api/events',
    attributes: {
      timestamp: event.timeMs / 1000,
      event_properties: propertiesOf(event),
      datetime: writeTime(event.timeMs),
      uuid: eventUuid(event.timeMs, event.place),
    },
    relations: {
      profile: profile === undefined ? null : { type: 'profile', id: profile.id },
      metric: metric === undefined ? null : { type: 'metric', id: metric.id },
    },
  })
}

/** Klaviyo answers 400, not 404, for an id that is no event's. */
function eventOf(call: Call): StoredEvent {
  const id = call.params['id'] ?? ''
  const place = placeOfEvent(id)
  if (place === undefined) throw invalidParameter(`'${id}' is not a valid event id.`, 'id')
  const event = call.account.events.get(place)
  if (event === undefined) throw notFound('event', id)
  return event
}

function getEvent(call: Call): Answer {
  const event = eventOf(call)
  const included = includedOf(call, [event])
  return showOne(call, 200, eventResource(call, event), included)
}

function metricOfEvent(call: Call): Answer {
  const metric = call.account.metrics[eventOf(call).metric]
  return showOne(call, 200, metric === undefined ? null : metricResource(call, metric))
}

function profileOfEvent(call: Call): Answer {
  const profile = call.account.profiles.at(eventOf(call).profile)
  return showOne(call, 200, profile === undefined ? null : profileResource(call, profile))
}

function getEvents(call: Call): Answer {
  const { account, query } = call
  const places = placesWhere(call)
  const descending = query.sort?.descending ?? true
  const size = query.pageSize ?? 200
  const order = (place: number): number => account.events.timeOf(place)
  let start = descending ? places.length - 1 : 0
  const step = descending ? -1 : 1
  if (query.cursor !== undefined) {
    const [time, id] = readCursor(query.cursor)
    const last = placeOfEvent(id) ?? -1
    start = indexAfter(places, order, Number(time), last, descending)
  }
  const page: StoredEvent[] = []
  let at = start
  while (page.length < size && at >= 0 && at < places.length) {
    const event = account.events.get(places[at] ?? -1)
    if (event !== undefined) page.push(event)
    at += step
  }
  const last = page.at(-1)
  const more = at >= 0 && at < places.length && last !== undefined
  return showPage(
    call,
    { items: page, next: more ? writeCursor(last.timeMs, eventId(last.place)) : null },
    (event) => eventResource(call, event),
    includedOf(call, page),
  )
}

/** Where to go on: the place after the one that a cursor names. */
function indexAfter(
  places: readonly number[],
  order: (place: number) => number,
  time: number,
  last: number,
  descending: boolean,
): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    const place = places[middle] ?? 0
    const difference = order(place) - time || place - last
    if (descending ? difference < 0 : difference <= 0) low = middle + 1
    else high = middle
  }
  return descending ? low - 1 : low
}

function placesWhere(call: Call): readonly number[] {
  const { account, query } = call
  let profile: number | undefined
  let metric: number | undefined
  const rest: Condition[] = []
  for (const condition of query.filter) {
    if (condition.field === 'profile_id') {
      profile = account.profiles.byId(String(condition.value))?.place ?? -1
    } else if (condition.field === 'metric_id') {
      metric = account.metricById(String(condition.value))?.place ?? -1
    } else {
      rest.push(condition)
    }
  }
  if (profile === -1 || metric === -1) return []
  const places = account.events.select({
    ...(profile === undefined ? {} : { profile }),
    ...(metric === undefined ? {} : { metric }),
  })
  if (rest.length === 0) return places
  return places.filter((place) =>
    rest.every((condition) => meets(valueOf(account, place, condition.field), condition)),
  )
}

function valueOf(account: Account, place: number, field: string): unknown {
  switch (field) {
    case 'profile':
      return account.profiles.at(account.events.profileOf(place))
    case 'metric':
      return account.metrics[account.events.metricOf(place)]
    case 'timestamp':
    case 'datetime':
      return account.events.timeOf(place)
    default:
      return undefined
  }
}

export function includedOf(
  call: Look,
  events: readonly StoredEvent[],
): readonly Resource[] | undefined {
  const { include } = call.query
  if (include.size === 0) return undefined
  const included: Resource[] = []
  if (include.has('metric')) {
    for (const place of new Set(events.map(({ metric }) => metric))) {
      const metric = call.account.metrics[place]
      if (metric !== undefined) included.push(metricResource(call, metric))
    }
  }
  if (include.has('profile')) {
    for (const place of new Set(events.map(({ profile }) => profile))) {
      const profile = call.account.profiles.at(place)
      if (profile !== undefined) included.push(profileResource(call, profile))
    }
  }
  return included
}

/** Records what Klaviyo itself notes of a profile: consent given and taken back, lists joined. */
export function recordOwnEvent(
  account: Account,
  profile: Profile,
  metric: string,
  now: number,
  properties: JsonObject = {},
): void {
  if (!isObject(properties)) return
  recordEvent(account, profile, {
    metric,
    integration: account.klaviyoIntegration,
    uniqueId: `${now}-${account.events.count}`,
    timeMs: Math.floor(now / 1000) * 1000,
    receivedMs: now,
    value: null,
    currency: null,
    backfill: false,
    properties: JSON.stringify(properties),
  })
}
