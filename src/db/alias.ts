import type { Recent } from './recent.ts'
import type { Appending } from './rows.ts'
import type { Sql, Value } from './sql.ts'

/** What a store knows of a person. */
export interface Known {
  readonly email: string | null
  readonly phone: string | null
  readonly externalId: string | null
}

/** A user id or an anonymous id of a store, and whom it is known to stand for. */
export interface Alias {
  /** Columns of the key. */
  readonly key: readonly Value[]
  known: Known
  /** Has to be written. */
  changed: boolean
}

/** The ids that an event names. */
export interface Aliases {
  readonly user: Alias | undefined
  readonly anonymous: Alias | undefined
  readonly previousUser: Alias | undefined
  readonly previousAnonymous: Alias | undefined
}

export const nobody: Known = { email: null, phone: null, externalId: null }

/**
 * The aliases that one append reads and writes. In front of the table stands a memory of what was read
 * lately (also that an id is unknown), so that the usual event asks the database nothing. It is right
 * only while nobody else writes, and must be forgotten when a transaction fails.
 */
export class AliasBook {
  readonly #recent: Recent<Alias>
  readonly #fresh = new Map<string, Alias>()
  readonly #changed: Alias[] = []

  constructor(recent: Recent<Alias>) {
    this.#recent = recent
  }

  /** Of each event, in order. An alias that two of them name is the same object. */
  async open(sql: Sql, events: readonly Appending[]): Promise<readonly Aliases[]> {
    const aliases = events.map((event) => ({
      user: this.#of(event, 'user', event.userId),
      anonymous: this.#of(event, 'anonymous', event.anonymousId),
      previousUser: this.#of(event, 'user', event.previousId),
      previousAnonymous: this.#of(event, 'anonymous', event.previousId),
    }))
    await this.#fetch(sql)
    // A visitor without a user id may stand for one.
    for (const [index, event] of events.entries()) {
      const externalId = aliases[index]!.anonymous?.known.externalId
      if (event.userId === null && typeof externalId === 'string') this.userOf(event, externalId)
    }
    await this.#fetch(sql)
    return aliases
  }

  /** The alias of a user id that an anonymous id stands for. */
  userOf(event: Appending, userId: string): Alias | undefined {
    return this.#of(event, 'user', userId)
  }

  #of(event: Appending, kind: 'user' | 'anonymous', id: string | null): Alias | undefined {
    if (id === null) return undefined
    const name = `${kind} ${event.workspaceId} ${event.storeId} ${id}`
    let alias = this.#recent.get(name) ?? this.#fresh.get(name)
    if (alias === undefined) {
      alias = {
        key: [event.workspaceId, event.storeId, kind, id],
        known: nobody,
        changed: false,
      }
      this.#fresh.set(name, alias)
    }
    return alias
  }

  async #fetch(sql: Sql): Promise<void> {
    if (this.#fresh.size === 0) return
    const fresh = [...this.#fresh]
    this.#fresh.clear()
    const found = await sql.find<Known>(
      `select email, phone, external_id as "externalId"
         from alias
        where workspace_id = $1 and store_id = $2 and kind = $3 and id = $4`,
      fresh.map(([, { key }]) => key),
    )
    for (const [place, [name, alias]] of fresh.entries()) {
      alias.known = found[place] ?? nobody
      this.#recent.set(name, alias)
    }
  }

  /** Nothing happens when that is what is known already. */
  set(alias: Alias, known: Known): void {
    const { email, phone, externalId } = alias.known
    if (email === known.email && phone === known.phone && externalId === known.externalId) return
    alias.known = known
    if (alias.changed) return
    alias.changed = true
    this.#changed.push(alias)
  }

  async save(sql: Sql): Promise<void> {
    if (this.#changed.length === 0) return
    await sql.each(
      `insert into alias (workspace_id, store_id, kind, id, email, phone, external_id)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (workspace_id, store_id, kind, id) do update
          set email = excluded.email, phone = excluded.phone, external_id = excluded.external_id`,
      this.#changed.map(({ key, known }) => [...key, known.email, known.phone, known.externalId]),
    )
    for (const alias of this.#changed) alias.changed = false
  }
}
