import { mappings, sameName } from './index.ts'
import { type ChangedSource, isLeftOut, type MetricMapping, type Source } from './mapping.ts'

/**
 * What a connection changes of a built-in mapping, or all of a mapping of its own. Properties are put beside the
 * built-in ones, or in their place. Without a metric, the event goes under its own name.
 */
export type MappingChange = Partial<Omit<MetricMapping, 'properties' | 'leftOut'>> & {
  readonly properties?: Readonly<Record<string, ChangedSource>>
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
