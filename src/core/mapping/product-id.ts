import type { Settings } from '../settings.ts'
import { isFirst, type MetricMapping, type Path, type Properties, type Source } from './mapping.ts'

/**
 * The mapping with the id that the connection has chosen as a product's (M7) before the one that it names, so
 * that Klaviyo finds the event's product in the catalog. A product without that id keeps its own.
 */
export function withProductIds(
  mapping: MetricMapping,
  chosen: Settings['productIds'],
): MetricMapping {
  if (chosen === 'product_id') return mapping
  const { properties, fanOut } = mapping
  return {
    ...mapping,
    ...(properties !== undefined && { properties: recordWith(properties, chosen) }),
    ...(fanOut !== undefined && {
      fanOut: { ...fanOut, properties: recordWith(fanOut.properties, chosen) },
    }),
  }
}

/** Klaviyo's names for a product's id. */
const names: ReadonlySet<string> = new Set(['ProductID', 'AddedItemProductID'])

function recordWith(properties: Properties, chosen: string): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, source]) => [
      name,
      names.has(name) ? preferred(source, chosen) : withinLists(source, chosen),
    ]),
  )
}

function preferred(source: Source, chosen: string): Source {
  const paths: readonly Source[] =
    typeof source === 'object' && 'first' in source ? source.first : [source]
  const [head] = paths
  // A mapping that was told to read something else knows better.
  if (typeof head !== 'string' || !(head === usual || head.endsWith(`.${usual}`))) return source
  const path: Path = head.slice(0, -usual.length) + chosen
  return { first: [path, ...paths] }
}

const usual = 'product_id'

function withinLists(source: Source, chosen: string): Source {
  if (typeof source === 'string') return source
  if ('first' in source) return { first: source.first.map((each) => withinLists(each, chosen)) }
  if ('each' in source && typeof source.take === 'object' && !isFirst(source.take)) {
    return { ...source, take: recordWith(source.take, chosen) }
  }
  return source
}
