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
  readonly id: string
  /** Columns of the key. */
  readonly key: readonly Value[]
  known: Known
  /** Has to be written. */
  changed: boolean
  /** Of an anonymous id: in which sources nothing more has to be looked for; see `linkGuests`. */
  readonly lookedIn: string[]
}

/** The ids that an event names. */
export interface Aliases {
  readonly user: Alias | undefined
  readonly anonymous: Alias | undefined
  readonly previousUser: Alias | undefined
  readonly previousAnonymous: Alias | undefined
}

export const nobody: Known = { email: null, phone: null, externalId: null }

interface IdsOfStore {
  readonly user: Map<string, Alias>
  readonly anonymous: Map<string, Alias>
}

/**
 * What was read lately, also that an id is unknown, so that the usual event asks the database nothing. It is
 * right only while nobody else writes, and must be forgotten when a transaction fails. By store and id as they
 * come: to join them to one key would cost more than the look-up. Two generations, as in `Recent`.
 */
export class AliasMemory {
  #young = new Map<string, IdsOfStore>()
  #old = new Map<string, IdsOfStore>()
  #size = 0

  of(store: string, kind: 'user' | 'anonymous', id: string): Alias | undefined {
    const young = this.#young.get(store)?.[kind].get(id)
    if (young !== undefined) return young
    const old = this.#old.get(store)?.[kind].get(id)
    if (old !== undefined) this.add(store, kind, id, old)
    return old
  }

  add(store: string, kind: 'user' | 'anonymous', id: string, alias: Alias): void {
    let ids = this.#young.get(store)
    if (ids === undefined) {
      ids = { user: new Map(), anonymous: new Map() }
      this.#young.set(store, ids)
    }
    ids[kind].set(id, alias)
    this.#size += 1
  }

  /** Between appends: within one, an id has one alias. */
  limit(): void {
    if (this.#size < generationSize) return
    this.#old = this.#young
    this.#young = new Map()
    this.#size = 0
  }

  clear(): void {
    this.#old.clear()
    this.#young.clear()
    this.#size = 0
  }
}

const generationSize = 20_000

/** The aliases that one append reads and writes. */
export class AliasBook {
  readonly #memory: AliasMemory
  #fresh: Alias[] = []
  readonly #changed: Alias[] = []
  #storeOf: Pick<Appending, 'workspaceId' | 'storeId'> | undefined
  #store = ''

  constructor(memory: AliasMemory) {
    this.#memory = memory
    memory.limit()
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
    const { workspaceId, storeId } = event
    if (this.#storeOf?.storeId !== storeId || this.#storeOf.workspaceId !== workspaceId) {
      this.#storeOf = event
      this.#store = `${workspaceId} ${storeId}`
    }
    let alias = this.#memory.of(this.#store, kind, id)
    if (alias === undefined) {
      const key = [workspaceId, storeId, kind, id]
      alias = { id, key, known: nobody, changed: false, lookedIn: [] }
      this.#memory.add(this.#store, kind, id, alias)
      this.#fresh.push(alias)
    }
    return alias
  }

  async #fetch(sql: Sql): Promise<void> {
    if (this.#fresh.length === 0) return
    const fresh = this.#fresh
    this.#fresh = []
    const found = await sql.find<Known>(
      `select email, phone, external_id as "externalId"
         from alias
        where workspace_id = $1 and store_id = $2 and kind = $3 and id = $4`,
      fresh.map(({ key }) => key),
    )
    for (const [place, alias] of fresh.entries()) alias.known = found[place] ?? nobody
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
