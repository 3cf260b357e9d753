import type { Json, Settings } from '../core/index.ts'

/** What is different, and nothing else: whole settings would hide it. */
export function differenceOf(former: Settings, next: Settings): { before: Json; after: Json } {
  const names = [...new Set([...Object.keys(former), ...Object.keys(next)])] as (keyof Settings)[]
  const changed = names.filter(
    (name) => JSON.stringify(former[name]) !== JSON.stringify(next[name]),
  )
  const pick = (settings: Settings) =>
    Object.fromEntries(changed.map((name) => [name, (settings[name] ?? null) as Json]))
  return { before: pick(former), after: pick(next) }
}
