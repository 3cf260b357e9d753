import type { Account } from './account.ts'
import { isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { Profile } from './profile-store.ts'
import { readTime } from './schema.ts'

/** What has to hold of a profile: every group, and in a group any condition. */
export interface Definition {
  readonly condition_groups: readonly { readonly conditions: readonly JsonObject[] }[]
}

export function meetsDefinition(
  account: Account,
  profile: Profile,
  definition: Definition,
  now: number,
): boolean {
  return definition.condition_groups.every(({ conditions }) =>
    conditions.some((condition) => meetsCondition(account, profile, condition, now)),
  )
}

function meetsCondition(
  account: Account,
  profile: Profile,
  condition: JsonObject,
  now: number,
): boolean {
  switch (textOf(condition['type'])) {
    case 'profile-metric':
      return meetsMetric(account, profile, condition, now)
    case 'profile-property':
      return meetsFilter(
        propertyOf(profile, textOf(condition['property'])),
        condition['filter'],
        now,
      )
    case 'profile-group-membership':
      return meetsMembership(account, profile, condition, now)
    case 'profile-marketing-consent':
      return meetsConsent(profile, condition['consent'])
    case 'profile-region':
      return isInRegion(profile, condition['region']) === condition['in_region']
    default:
      // Distance, predictions, custom objects, funnels, permissions: not evaluated, so nobody meets them.
      return false
  }
}

function meetsMetric(
  account: Account,
  profile: Profile,
  condition: JsonObject,
  now: number,
): boolean {
  const metric = account.metricById(textOf(condition['metric_id']))
  const filters = Array.isArray(condition['metric_filters'])
    ? (condition['metric_filters'] as readonly JsonObject[])
    : []
  let measured = 0
  if (metric !== undefined) {
    for (const place of account.events.ofProfile(profile.place)) {
      if (account.events.metricOf(place) !== metric.place) continue
      if (!isInTime(account.events.timeOf(place), condition['timeframe_filter'], now)) continue
      if (filters.length > 0 && !meetsMetricFilters(account, place, filters, now)) continue
      measured += condition['measurement'] === 'sum' ? (account.events.valueOf(place) ?? 0) : 1
    }
  }
  return meetsFilter(measured, condition['measurement_filter'], now)
}

function meetsMetricFilters(
  account: Account,
  place: number,
  filters: readonly JsonObject[],
  now: number,
): boolean {
  const event = account.events.get(place)
  if (event === undefined) return false
  const properties = JSON.parse(event.properties) as JsonObject
  return filters.every(({ property, filter }) => {
    const name = textOf(property)
    const value =
      name === '$value' || name === 'value' ? (event.value ?? undefined) : properties[name]
    return meetsFilter(value, filter, now)
  })
}

function meetsMembership(
  account: Account,
  profile: Profile,
  condition: JsonObject,
  now: number,
): boolean {
  const groups = Array.isArray(condition['group_ids']) ? condition['group_ids'] : []
  const isMember = groups.some((id) => {
    const joined = profile.lists[textOf(id)]
    if (joined !== undefined) {
      return condition['timeframe_filter'] === null || condition['timeframe_filter'] === undefined
        ? true
        : isInTime(joined, condition['timeframe_filter'], now)
    }
    const segment = account.table('segment').get(textOf(id))
    const definition = segment?.attributes['definition']
    return isObject(definition)
      ? meetsDefinition(account, profile, definition as unknown as Definition, now)
      : false
  })
  return isMember === condition['is_member']
}

function meetsConsent(profile: Profile, consent: Json | undefined): boolean {
  if (!isObject(consent)) return false
  const channel = textOf(consent['channel'])
  const standing = profile.consent?.channels[`${channel}/marketing`]?.status ?? 'NEVER_SUBSCRIBED'
  const isSuppressed = (profile.consent?.suppressions.length ?? 0) > 0
  const canReceive =
    channel === 'email'
      ? profile.email !== null && standing !== 'UNSUBSCRIBED' && !isSuppressed
      : standing === 'SUBSCRIBED'
  if (canReceive !== consent['can_receive_marketing']) return false
  const wanted = isObject(consent['consent_status'])
    ? consent['consent_status']['subscription']
    : 'any'
  return wanted === 'any' || wanted === standing.toLowerCase()
}

const europe = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '),
)

function isInRegion(profile: Profile, region: Json | undefined): boolean {
  const country = profile.location?.['country']
  if (typeof country !== 'string') return false
  const code = country.toUpperCase()
  if (region === 'united_states') return code === 'US' || code === 'UNITED STATES'
  return europe.has(code)
}

const fields = new Map<string, (profile: Profile) => Json | undefined>([
  ['email', ({ email }) => email],
  ['phone_number', ({ phone_number: phone }) => phone],
  ['external_id', ({ external_id: id }) => id],
  ['first_name', ({ first_name: name }) => name],
  ['last_name', ({ last_name: name }) => name],
  ['organization', ({ organization }) => organization],
  ['locale', ({ locale }) => locale],
  ['title', ({ title }) => title],
  ['created', ({ created }) => created],
  ['last_event_date', ({ lastEvent }) => lastEvent],
])

/** `email`, `location['country']`, `properties['tier']`. */
function propertyOf(profile: Profile, name: string): Json | undefined {
  const custom = /^properties\[(['"])(.*)\1\]$/.exec(name)
  if (custom !== null) return profile.properties[custom[2] ?? '']
  const place = /^location(?:\[(['"])(.*)\1\]|\.(.*))$/.exec(name)
  if (place !== null) return profile.location?.[place[2] ?? place[3] ?? '']
  return fields.get(name)?.(profile)
}

function meetsFilter(value: Json | undefined, filter: Json | undefined, now: number): boolean {
  if (!isObject(filter)) return true
  const isSet = value !== undefined && value !== null && value !== ''
  const { type, operator, value: wanted } = filter
  switch (textOf(type)) {
    case 'existence':
      return isSet === (operator === 'is-set')
    case 'string':
      return meetsText(isSet ? textOf(value) : '', textOf(operator), wanted, isSet)
    case 'numeric':
      return isSet && meetsNumber(Number(value), textOf(operator), filter)
    case 'boolean':
      return isSet && value === wanted
    case 'date': {
      const time = typeof value === 'number' ? value : readTime(isSet ? textOf(value) : '')
      return time !== undefined && isInTime(time, filter, now)
    }
    case 'list':
      return meetsList(Array.isArray(value) ? value : [], textOf(operator), wanted)
    default:
      return false
  }
}

function meetsText(
  text: string,
  operator: string,
  wanted: Json | undefined,
  isSet: boolean,
): boolean {
  if (operator.startsWith('not-')) {
    return !meetsText(text, operator.slice(4), wanted, isSet)
  }
  const pattern = textOf(wanted ?? '')
  switch (operator) {
    case 'equals':
      return isSet && text === pattern
    case 'contains':
      return isSet && text.includes(pattern)
    case 'starts-with':
      return isSet && text.startsWith(pattern)
    case 'ends-with':
      return isSet && text.endsWith(pattern)
    case 'in':
      return isSet && Array.isArray(wanted) && wanted.includes(text)
    case 'regex':
      return isSet && matches(text, pattern)
    case 'nregex':
      return !(isSet && matches(text, pattern))
    case 'phone-country-code-in':
      return Array.isArray(wanted) && wanted.some((code) => text.startsWith(`+${textOf(code)}`))
    case 'phone-country-code-not-in':
      return !meetsText(text, 'phone-country-code-in', wanted, isSet)
    default:
      return false
  }
}

function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(text)
  } catch {
    return false
  }
}

function meetsNumber(actual: number, operator: string, filter: JsonObject): boolean {
  const wanted = Number(filter['value'])
  switch (operator) {
    case 'equals':
    case 'length-equals':
      return actual === wanted
    case 'not-equals':
      return actual !== wanted
    case 'greater-than':
    case 'length-greater-than':
      return actual > wanted
    case 'greater-than-or-equal':
    case 'length-greater-than-or-equal':
      return actual >= wanted
    case 'less-than':
    case 'length-less-than':
      return actual < wanted
    case 'less-than-or-equal':
    case 'length-less-than-or-equal':
      return actual <= wanted
    case 'between':
      return actual >= Number(filter['start']) && actual <= Number(filter['end'])
    default:
      return false
  }
}

function meetsList(values: readonly Json[], operator: string, wanted: Json | undefined): boolean {
  if (operator.startsWith('not-')) return !meetsList(values, operator.slice(4), wanted)
  if (operator.startsWith('length-')) {
    return meetsNumber(values.length, operator, { value: wanted })
  }
  const all = Array.isArray(wanted) ? wanted : [wanted ?? null]
  switch (operator) {
    case 'contains':
    case 'contains-any':
      return all.some((one) => values.includes(one as Json))
    case 'contains-all':
      return all.every((one) => values.includes(one as Json))
    case 'contains-substring':
      return values.some((value) => textOf(value).includes(textOf(wanted ?? '')))
    default:
      return false
  }
}

const units = new Map([
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 7 * 86_400_000],
])

/** Whether a time lies within a timeframe, absolute or relative to now. */
function isInTime(time: number, filter: Json | undefined, now: number): boolean {
  if (!isObject(filter)) return true
  const unit = units.get(textOf(filter['unit'])) ?? 86_400_000
  const quantity = Number(filter['quantity'] ?? 0) * unit
  const age = now - time
  switch (textOf(filter['operator'])) {
    case 'alltime':
      return true
    case 'in-the-last':
      return age >= 0 && age <= quantity
    case 'in-the-next':
      return age <= 0 && -age <= quantity
    case 'at-least':
      return age >= quantity
    case 'between':
      return age >= Number(filter['start']) * unit && age <= Number(filter['end']) * unit
    case 'before':
      return time < (readTime(textOf(filter['date'])) ?? 0)
    case 'after':
      return time > (readTime(textOf(filter['date'])) ?? Number.POSITIVE_INFINITY)
    case 'between-static':
      return (
        time >= (readTime(textOf(filter['start'])) ?? Number.POSITIVE_INFINITY) &&
        time <= (readTime(textOf(filter['end'])) ?? 0)
      )
    case 'calendar-month':
      return new Date(time).getUTCMonth() + 1 === Number(filter['value'])
    case 'anniversary':
    case 'anniversary-month':
      return isAnniversary(time, now, filter['operator'] === 'anniversary')
    default:
      return false
  }
}

function isAnniversary(time: number, now: number, toTheDay: boolean): boolean {
  const then = new Date(time)
  const today = new Date(now)
  return (
    then.getUTCMonth() === today.getUTCMonth() &&
    (!toTheDay || then.getUTCDate() === today.getUTCDate())
  )
}
