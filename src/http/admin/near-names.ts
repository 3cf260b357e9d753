/** Names that somebody may have meant by another: what is alike, the most alike first. */
export function nearNames(name: string, known: Iterable<string>, most = 3): readonly string[] {
  const pairs = pairsOf(name)
  return [...new Set(known)]
    .map((one) => ({ one, likeness: likenessOf(pairs, pairsOf(one)) }))
    .filter(({ likeness }) => likeness >= leastAlike)
    .toSorted((a, b) => b.likeness - a.likeness || (a.one < b.one ? -1 : 1))
    .slice(0, most)
    .map(({ one }) => one)
}

const leastAlike = 0.35

/** Pairs of letters that follow each other, whatever stands between words. */
function pairsOf(name: string): readonly string[] {
  const letters = name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) =>
    letters.slice(at, at + 2),
  )
}

/** From 0 to 1: the share of pairs that both have (Dice). */
function likenessOf(one: readonly string[], other: readonly string[]): number {
  const left = [...other]
  let shared = 0
  for (const pair of one) {
    const at = left.indexOf(pair)
    if (at < 0) continue
    left.splice(at, 1)
    shared += 1
  }
  return one.length + other.length === 0 ? 0 : (2 * shared) / (one.length + other.length)
}
