import type { Identifiers } from '../core/index.ts'
import type { Item } from './item.ts'

/**
 * The order rule: of one person only one event is under way at a time, the first that is not done. Done is
 * what was accepted, what ended, and what left the straight road. Two events are the same person's when
 * any of their identifiers is the same; a visitor's login has the visitor's id too, and so waits for what
 * the visitor did and stands before what comes after.
 *
 * Why: Klaviyo works on what it gets side by side in any order, and an answer may be lost. Sent one after
 * the other, a person's events first count in their order whatever fails and however often something is
 * repeated: a repeat begins at the cursor, and what is there already counts for nothing.
 *
 * A bulk request keeps the rule by itself: it takes events from the front of the journal, in their order,
 * while nothing else of its connection and lane is under way.
 */
export function freeOf(items: readonly Item[], underWay: readonly Item[] = []): Item[] {
  const busy = new Set(underWay.flatMap(({ journaled }) => keysOf(journaled.identifiers)))
  const free: Item[] = []
  for (const item of items) {
    if (item.state === 'done') continue
    const keys = keysOf(item.journaled.identifiers)
    if (item.state === 'ready' && keys.every((key) => !busy.has(key))) free.push(item)
    for (const key of keys) busy.add(key)
  }
  return free
}

/** Names everything by which two of them could be the same person's. */
export function keysOf({ email, phone, externalId, anonymousId }: Identifiers): string[] {
  const keys: string[] = []
  if (email !== undefined) keys.push(`email:${email}`)
  if (phone !== undefined) keys.push(`phone:${phone}`)
  if (externalId !== undefined) keys.push(`id:${externalId}`)
  if (anonymousId !== undefined) keys.push(`anonymous:${anonymousId}`)
  return keys
}
