import type { Kit } from '../kit.ts'
import type { Settings } from '../settings.ts'
import { mappings } from './index.ts'
import { compileRules } from './rules.ts'

/**
 * The metrics that a connection of these settings can make of what a shop tells. Without `Active on Site`: Klaviyo's
 * own script tells it too, and nothing is counted by it.
 */
export function metricsSent(settings: Settings, kit: Kit): readonly string[] {
  const rules = compileRules(settings, kit)
  const metrics = new Set<string>()
  for (const { metric, events = [], fanOut } of mappings) {
    const isDropped = (name: string) => (rules.ofName('track', name)?.type ?? 'send') !== 'send'
    if (events.length > 0 && events.every(isDropped)) continue
    metrics.add(metric)
    if (fanOut !== undefined) metrics.add(fanOut.metric)
  }
  for (const mapping of Object.values(settings.mappings)) {
    if (mapping?.metric !== undefined) metrics.add(mapping.metric)
  }
  metrics.delete('Active on Site')
  return [...metrics].filter((metric) => settings.switches[metric] !== false)
}
