import type { CursorKey, Journal, Journaled, ProfileInput } from '../core/index.ts'
import { joinProfiles, keptProfileOf, personKeyOf } from '../core/index.ts'

/**
 * What people said of themselves that the credentials may not send by itself (C15): it travels with the
 * person's next event. It stands in the journal, settled as `kept_for_next_event`; here is only where.
 */
export class Kept {
  readonly #journal: Journal
  readonly #key: CursorKey
  /** Numbers by person. Undefined: not looked up yet. */
  #people: Map<string, Set<number>> | undefined

  constructor(journal: Journal, key: CursorKey) {
    this.#journal = journal
    this.#key = key
  }

  async load(): Promise<void> {
    if (this.#people !== undefined) return
    const people = new Map<string, Set<number>>()
    let before: number | undefined
    for (;;) {
      const rows = await this.#journal.events({
        ...this.#key,
        reason: 'kept_for_next_event',
        limit: 1000,
        ...(before === undefined ? {} : { before }),
      })
      for (const { person, seq } of rows) if (person !== undefined) add(people, person, seq)
      before = rows.at(-1)?.seq
      if (rows.length < 1000) break
    }
    this.#people = people
  }

  note({ identifiers, seq }: Journaled): void {
    const person = personKeyOf(identifiers)
    if (person !== undefined && this.#people !== undefined) add(this.#people, person, seq)
  }

  /** The profile with what was kept of the person before that event, and the numbers of what was kept. */
  async join(
    profile: ProfileInput,
    { seq }: Journaled,
  ): Promise<{ readonly profile: ProfileInput; readonly seqs: readonly number[] }> {
    const person = personKeyOf(profile.identifiers)
    const known = person === undefined ? undefined : this.#people?.get(person)
    if (known === undefined) return { profile, seqs: [] }
    const seqs = [...known].filter((one) => one < seq).toSorted((a, b) => a - b)
    let joined = profile
    // The newest first: what a later one says stays.
    for (const identify of (await this.#journal.readSome(this.#key, seqs)).toReversed()) {
      joined = joinProfiles(keptProfileOf(identify), joined)
    }
    return { profile: joined, seqs }
  }

  /** They have arrived. */
  arrived(seqs: readonly number[]): void {
    for (const [person, known] of this.#people ?? []) {
      for (const seq of seqs) known.delete(seq)
      if (known.size === 0) this.#people?.delete(person)
    }
  }
}

function add(people: Map<string, Set<number>>, person: string, seq: number): void {
  const known = people.get(person)
  if (known === undefined) people.set(person, new Set([seq]))
  else known.add(seq)
}
