/** Of 128-bit digests, as text of 16 characters below 256. A run has 65,536 of them, a few more at most. */

const bits = 1 << 20
const probes = 6
const runsOfFilter = 32

/**
 * Says which runs may hold a digest: all that do, and one in a thousand that does not. Bloom filters of 16 bits for
 * each digest, of 32 runs side by side, so that one look asks all 32: 4 MB for two million digests.
 */
export class SeenFilter {
  readonly #words = new Map<number, Uint32Array>()

  add(run: number, digest: string): void {
    const filter = Math.floor(run / runsOfFilter)
    let words = this.#words.get(filter)
    if (words === undefined) {
      words = new Uint32Array(bits)
      this.#words.set(filter, words)
    }
    const own = 1 << (run % runsOfFilter)
    for (let probe = 0; probe < probes; probe += 1) words[placeOf(digest, probe)]! |= own
  }

  /** Usually none. Newest first. */
  runsOf(digest: string): readonly number[] {
    let runs: number[] | undefined
    for (const [filter, words] of this.#words) {
      let own = words[placeOf(digest, 0)]!
      for (let probe = 1; own !== 0 && probe < probes; probe += 1)
        own &= words[placeOf(digest, probe)]!
      for (; own !== 0; own &= own - 1)
        (runs ??= []).unshift(filter * runsOfFilter + 31 - Math.clz32(own & -own))
    }
    return runs ?? none
  }

  /** Forgets runs before `run`, or not yet. */
  dropBefore(run: number): void {
    for (const filter of this.#words.keys())
      if ((filter + 1) * runsOfFilter <= run) this.#words.delete(filter)
  }

  clear(): void {
    this.#words.clear()
  }
}

const none: readonly number[] = []

/** 20 bits of the digest, others for each of 6 probes. */
function placeOf(digest: string, probe: number): number {
  const rest = digest.charCodeAt(12 + (probe >> 1)) >> ((probe % 2) * 4)
  return (
    (digest.charCodeAt(probe * 2) << 12) | (digest.charCodeAt(probe * 2 + 1) << 4) | (rest & 15)
  )
}
