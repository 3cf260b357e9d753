import type { Action, Attempt, SendResult } from '../core/index.ts'

/** An action on its way, and the numbers of the events that it goes out for. */
export interface Freight {
  readonly action: Action
  readonly seqs: readonly number[]
}

/** What an attempt says of the events that its request carried. */
export type Carried = Pick<Attempt, 'fromSeq' | 'toSeq' | 'seqs' | 'notes'>

export function carriedOf(freight: readonly Freight[]): Carried {
  const seqs = ascending(freight)
  const fromSeq = seqs[0] ?? 0
  const toSeq = seqs.at(-1) ?? 0
  return toSeq - fromSeq + 1 === seqs.length ? { fromSeq, toSeq } : { fromSeq, toSeq, seqs }
}

/** The same, with what the client changed so that Klaviyo took it. */
export function withNotes(
  carried: Carried,
  freight: readonly Freight[],
  notes: SendResult['notes'],
): Carried {
  if (notes.length === 0) return carried
  const own = notes.flatMap(({ index, note }) =>
    ascending(freight.slice(index, index + 1)).map((seq) => ({ seq, note })),
  )
  return { ...carried, notes: own }
}

/** Each once. A batch mostly has them in order. */
function ascending(freight: readonly Freight[]): readonly number[] {
  const seqs: number[] = []
  let inOrder = true
  for (const one of freight) {
    for (const seq of one.seqs) {
      inOrder &&= seq > (seqs.at(-1) ?? 0)
      seqs.push(seq)
    }
  }
  return inOrder ? seqs : [...new Set(seqs)].toSorted((a, b) => a - b)
}
