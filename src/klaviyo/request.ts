import type { Repair } from './profile.ts'

/** A body, and which actions are meant where Klaviyo points into it. */
export interface RequestBody {
  readonly text: string
  /**
   * The actions behind a JSON pointer, the one at fault first. Empty: the pointer names none, so the
   * request as a whole is meant.
   */
  actionsAt(pointer: string): readonly number[]
}

/** By the action's index. */
export type Repairs = ReadonlyMap<number, Repair>

/** The body of a request that holds one action: whatever Klaviyo points at, it is that one. */
export function singleBody(text: string): RequestBody {
  return { text, actionsAt: () => [0] }
}

/** The entry number in a pointer such as `/data/attributes/profiles/data/17/attributes/email`. */
export function entryOf(pointer: string, before: string): number | undefined {
  if (!pointer.startsWith(before)) return undefined
  const number = /^\d+/.exec(pointer.slice(before.length))
  return number ? Number(number[0]) : undefined
}
