import type { Way } from '../core/index.ts'
import { ways } from '../core/index.ts'

/** Nobody waits for a window. */
export function noWaits(): Record<Way, { readonly accounts: number; readonly longestMs: number }> {
  const none = { accounts: 0, longestMs: 0 }
  return Object.fromEntries(ways.map((way) => [way, none])) as Record<Way, typeof none>
}
