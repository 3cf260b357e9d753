import { mappings, sameName } from './index.ts'
import type { MetricMapping, Source } from './mapping.ts'

/**
 * What a connection changes of a built-in mapping, or all of a mapping of its own. Properties are put beside the
 * built-in ones, or in their place; `null` takes one away. Without a metric, the event goes under its own name.
 */
export type MappingChange = Partial<Omit<MetricMapping, 'properties'>> & {
  readonly properties?: Readonly<Record<string, Source | null>>
}

/** The built-in mappings with a connection's changes to them, by event names as `sameName` has them. */
export function mappingsOf(
  changes: Readonly<Record<string, MappingChange | null>>,
): ReadonlyMap<string, MetricMapping> {
  const byName = new Map<string, MetricMapping>()
  for (const mapping of mappings) {
    for (const name of mapping.events ?? []) byName.set(sameName(name), mapping)
  }
  for (const [name, change] of Object.entries(changes)) {
    const same = sameName(name)
    if (change === null) byName.delete(same)
    else byName.set(same, changed(byName.get(same), change))
  }
  return byName
}

function changed(mapping: MetricMapping | undefined, change: MappingChange): MetricMapping {
  const { properties, drop, ...rest } = change
  const merged = { ...mapping?.properties, ...properties }
  const named = Object.entries(merged).filter(
    (entry): entry is [string, Source] => entry[1] !== null,
  )
  return {
    metric: '',
    ...mapping,
    ...rest,
    ...(named.length === 0 ? {} : { properties: Object.fromEntries(named) }),
    drop: [...(mapping?.drop ?? []), ...(drop ?? [])],
  }
}
