import type { Connection } from '../connection.ts'
import type { Json, JsonObject } from '../event.ts'
import type { Draft } from '../json.ts'
import { mappings, sameName } from './index.ts'
import type { MetricMapping, Path, Source } from './mapping.ts'
import { mappingsOf } from './own-mappings.ts'

/**
 * A track call that becomes that metric on the connection: made from the mapping itself, so that every property
 * it reads is there. Names what no mapping knows when it is given that.
 *
 * @param key tells this one from the others: ids are made with it, so it is no order that is there already
 */
export function testEventOf(
  metric: string,
  { settings, store }: Connection,
  key: string,
): { readonly event: string; readonly properties: JsonObject } {
  const wanted = sameName(metric)
  const all = mappingsOf(settings.mappings)
  for (const event of Object.keys(settings.mappings)) {
    const own = all.get(sameName(event))
    if (own === undefined || ![own.metric, event].some((name) => sameName(name) === wanted))
      continue
    return { event, properties: propertiesOf(own, exampleOf(key, store.domain)) }
  }
  const mapping = mappings.find(
    (one) =>
      sameName(one.metric) === wanted || one.events?.some((event) => sameName(event) === wanted),
  )
  if (mapping === undefined) return { event: metric.trim(), properties: {} }
  return {
    event: mapping.events?.[0] ?? mapping.metric,
    properties: propertiesOf(mapping, exampleOf(key, store.domain)),
  }
}

type Example = (name: string) => Json | undefined

/** Each source is given where it looks first. */
function propertiesOf(mapping: MetricMapping, example: Example): JsonObject {
  const { id, part, value, properties = {}, fanOut } = mapping
  const draft: Draft = {}
  const lists = new Map<string, Draft>()

  for (const source of [id, part, value, ...Object.values(properties)]) add(source)
  if (fanOut !== undefined) {
    addLines(fanOut.each, [fanOut.line, fanOut.key, ...Object.values(fanOut.properties)])
    for (const source of Object.values(fanOut.shared ?? {})) add(source)
  }
  for (const [name, entry] of lists) draft[name] = [entry]
  return draft

  function add(source: Source | undefined): void {
    if (typeof source === 'object' && 'each' in source) {
      const { take } = source
      const isNamed = typeof take === 'object' && !('first' in take)
      addLines(source.each, isNamed ? Object.values(take) : [take as Source])
      return
    }
    const name = propertyOf(firstPath(source))
    if (name !== undefined) draft[name] ??= example(name)
  }

  function addLines(each: Source, taken: readonly Source[]): void {
    const name = propertyOf(firstPath(each))
    if (name === undefined) return
    const entry = lists.get(name) ?? {}
    lists.set(name, entry)
    for (const source of taken) {
      const field = firstPath(source)
      if (field !== undefined && !field.includes('.')) entry[field] ??= example(field)
    }
  }
}

function firstPath(source: Source | undefined): Path | undefined {
  if (source === undefined || typeof source === 'string') return source
  if ('first' in source) return firstPath(source.first[0])
  return 'path' in source ? source.path : undefined
}

/** The name, where the path is that of a property of the event. */
function propertyOf(path: Path | undefined): string | undefined {
  return path === undefined ? undefined : /^properties\.([^.]+)$/u.exec(path)?.[1]
}

/** What such a property may hold. Left out: addresses, which are no single value. */
function exampleOf(key: string, domain = 'shop.example'): Example {
  return (name) => {
    if (/address/iu.test(name)) return undefined
    if (/price|total|value|revenue|discount|amount|quantity|rating/iu.test(name)) return 1
    if (/domain/iu.test(name)) return domain
    if (/url|image/iu.test(name)) return `https://${domain}/test`
    if (/^is[A-Z_]/u.test(name)) return true
    if (/names$|categories$|brands$/iu.test(name)) return ['Test']
    return /id$|sku$|number$/iu.test(name) ? `test-${key}` : 'Test'
  }
}
