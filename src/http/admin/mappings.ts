import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Connection,
  mappings,
  mappingsOf,
  type MetricMapping,
  sameName,
  type Source,
} from '../../core/index.ts'
import { connectionOf } from './connections.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

type Row = Static<typeof api.listMappings.answer & {}>['data'][number]

export function serveMappings(serve: Serve, parts: AdminParts): void {
  serve(api.listMappings, async ({ params }) => ({
    data: rowsOf(await connectionOf(parts, params.workspaceId, params.connectionId)),
  }))
}

/** The built-in ones in their order, then the connection's own. */
function rowsOf({ settings }: Connection): Row[] {
  const now = mappingsOf(settings.mappings)
  const changed = new Set(Object.keys(settings.mappings).map(sameName))
  const known = new Set<string>()
  const isOn = (metric: string) =>
    settings.switches[metric] !== false && (metric !== 'Active on Site' || settings.pages)
  const row = (events: readonly string[], base: MetricMapping | undefined): Row => {
    const names = events.map(sameName)
    for (const name of names) known.add(name)
    const [own] = names.filter((name) => changed.has(name))
    const mapping = now.get(own ?? names[0] ?? '') ?? (events.length === 0 ? base : undefined)
    const metric = mapping === undefined ? '' : mapping.metric || (events[0] ?? '')
    const lines = mapping?.fanOut?.metric
    return {
      events: [...events],
      metric,
      ...(base === undefined ? {} : { builtIn: base.metric }),
      ...(lines === undefined ? {} : { lines }),
      on: isOn(metric),
      linesOn: lines !== undefined && isOn(lines),
      changed: own !== undefined,
      properties: Object.entries(mapping?.properties ?? {}).map(([name, source]) => ({
        name,
        from: wordsOf(source),
        changed: JSON.stringify(base?.properties?.[name]) !== JSON.stringify(source),
      })),
      builtInProperties: { ...base?.properties },
    }
  }
  const rows = mappings.map((mapping) => row(mapping.events ?? [], mapping))
  const own = Object.entries(settings.mappings).filter(
    ([name, change]) => change !== null && !known.has(sameName(name)),
  )
  return [...rows, ...own.map(([name]) => row([name], undefined))]
}

/** Where a value comes from, in one line. */
function wordsOf(source: Source): string {
  if (typeof source === 'string') return source
  if ('path' in source) return source.path
  if ('first' in source) return source.first.map(wordsOf).join(', else ')
  if ('times' in source) return source.times.join(' × ')
  if ('constant' in source) return JSON.stringify(source.constant)
  if ('store' in source) return 'the store’s domain'
  const { each, take } = source
  return typeof take === 'string'
    ? `${take} of each of ${wordsOf(each)}`
    : `each of ${wordsOf(each)}`
}
