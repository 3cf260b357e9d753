import type {
  Action,
  Journal,
  Journaled,
  LatestRow,
  ProfileGroup,
  ProfileInput,
} from '../core/index.ts'
import { profileKeyOf } from './profile.ts'

/**
 * Which profile groups an action may still set: an event that arrives late must not overwrite newer
 * details, and a first touch stays the first (T42, T48, S18). Reads what was applied, and collects what
 * is applied now for the settlement.
 */
export class Latest {
  readonly #journal: Journal
  readonly #connection: { readonly workspaceId: string; readonly connectionId: string }
  /** The newest applied time by person and group. Bounded: what falls out is read again. */
  readonly #known = new Map<string, number>()

  constructor(journal: Journal, connection: { workspaceId: string; connectionId: string }) {
    this.#journal = journal
    this.#connection = connection
  }

  /** Reads what the actions ask about. To be called before `apply`. */
  async load(actions: readonly Action[]): Promise<void> {
    const asked: { person: string; group: string }[] = []
    for (const action of actions) {
      if (action.profile.groups === undefined) continue
      const person = profileKeyOf(action.profile.identifiers)
      for (const { name } of action.profile.groups) {
        if (!this.#known.has(`${name} ${person}`)) asked.push({ person, group: name })
      }
    }
    if (asked.length === 0) return
    if (this.#known.size > 20_000) this.#known.clear()
    for (const { person, group } of asked)
      this.#known.set(`${group} ${person}`, Number.NEGATIVE_INFINITY)
    for (const row of await this.#journal.latest(this.#connection, asked)) {
      this.#known.set(`${row.group} ${row.person}`, row.occurredAt)
    }
  }

  /** The action with those of its groups written out that may be set; adds them to `rows`. */
  apply<A extends Action>(action: A, { occurredAt }: Journaled, rows: LatestRow[]): A {
    const { groups } = action.profile
    if (groups === undefined) return action
    const person = profileKeyOf(action.profile.identifiers)
    const { groups: _, ...bare } = action.profile
    let profile: ProfileInput = bare
    for (const group of groups) {
      const key = `${group.name} ${person}`
      if (!maySet(group, this.#known.get(key) ?? Number.NEGATIVE_INFINITY, occurredAt)) continue
      this.#known.set(key, occurredAt)
      rows.push({ person, group: group.name, occurredAt, keep: group.keep })
      profile = { ...profile, properties: { ...profile.properties, ...group.properties } }
    }
    return { ...action, profile }
  }
}

function maySet(group: ProfileGroup, appliedAt: number, occurredAt: number): boolean {
  if (group.keep === 'first')
    return appliedAt === Number.NEGATIVE_INFINITY || appliedAt === occurredAt
  return occurredAt >= appliedAt
}
