import type { Event } from '../event.ts'
import { type Draft, objectOf, textOf } from '../json.ts'
import type { Store } from '../settings.ts'
import { isFirst, type MetricMapping, type Properties, type Source } from './mapping.ts'

/** The mapping with what it asks of the store put in its place; once, when a connection's settings are read. */
export function atStore(mapping: MetricMapping, store: Store): MetricMapping {
  if (mapping.properties === undefined) return mapping
  return { ...mapping, properties: recordAt(mapping.properties, store) }
}

function recordAt(properties: Properties, store: Store): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, source]) => [name, sourceAt(source, store)]),
  )
}

function sourceAt(source: Source, store: Store): Source {
  if (typeof source === 'string') return source
  if ('store' in source) return store.domain === undefined ? source : { constant: store.domain }
  if ('first' in source) return { first: source.first.map((each) => sourceAt(each, store)) }
  if ('each' in source && typeof source.take === 'object' && !isFirst(source.take)) {
    return { ...source, take: recordAt(source.take, store) }
  }
  return source
}

/** What a segment by language, currency, country or store asks for (M6), unless the event says it itself. */
export function addStoreDetails(
  out: Draft,
  event: Event,
  currency: string | undefined,
  { domain, key, country }: Store,
): void {
  put(out, 'Store', domain ?? key)
  put(out, 'Currency', currency)
  put(out, 'Language', languageIn(event))
  put(out, 'Country', countryIn(event) ?? country)
}

function put(out: Draft, name: string, value: string | undefined): void {
  if (value !== undefined) out[name] ??= value
}

/** `de` of `de-AT`: what a page is written in. */
function languageIn({ properties, context }: Event): string | undefined {
  const given = textOf(objectOf(properties)?.['language']) ?? textOf(context?.['locale'])
  return given === undefined
    ? undefined
    : /^[A-Za-z]{2,3}(?=[-_]|$)/u.exec(given)?.[0].toLowerCase()
}

/** The shopper's country, where the call tells it. */
function countryIn({ context }: Event): string | undefined {
  const given = textOf(objectOf(context?.['location'])?.['country'])
  return given !== undefined && given.length <= 60 ? given : undefined
}
