import { mappings, sameName } from './index.ts'
import type { MetricMapping, Source } from './mapping.ts'

/**
 * What a connection changes of a built-in mapping, or all of a mapping of its own. Properties are put beside the
 * built-in ones, or in their place. Without a metric, the event goes under its own name.
 */
export type MappingChange = Partial<Omit<MetricMapping, 'properties' | 'leftOut'>> & {
  readonly properties?: Readonly<Record<string, ChangedSource>>
}

/**
 * `null` leaves a built-in property out: its value does not go to Klaviyo, neither under this name nor under the
 * shop's own. `leftOut` does so with a property of one's own, and remembers what it was.
 */
export type ChangedSource = Source | null | { readonly leftOut: Source }

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
  const { properties = {}, drop, ...rest } = change
  const named: Record<string, Source> = { ...mapping?.properties }
  const leftOut: Record<string, Source> = {}
  for (const [name, source] of Object.entries(properties)) {
    if (source === null) leftOut[name] = named[name] ?? `properties.${name}`
    else if (isLeftOut(source)) leftOut[name] = source.leftOut
    else named[name] = source
    if (leftOut[name] !== undefined) delete named[name]
  }
  return {
    metric: '',
    ...mapping,
    ...rest,
    properties: named,
    drop: [...(mapping?.drop ?? []), ...(drop ?? [])],
    leftOut,
  }
}

export function isLeftOut(source: ChangedSource): source is { readonly leftOut: Source } {
  return typeof source === 'object' && source !== null && 'leftOut' in source
}
