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
