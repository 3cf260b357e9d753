import type { Appending } from './rows.ts'
import { Recent } from './recent.ts'
import type { Sql, Value } from './sql.ts'

/** What a store knows of a user id or an anonymous id. */
export interface Known {
  readonly email: string | null
  readonly phone: string | null
  readonly externalId: string | null
}

export type Kind = 'user' | 'anonymous'

export const nobody: Known = { email: null, phone: null, externalId: null }

/**
 * The aliases that one append reads and writes. In front of the table stands a memory of what was read
 * lately (also that an id is unknown), so that the usual event asks the database nothing. It is right
 * only while nobody else writes, and must be forgotten when a transaction fails.
 */
export class Aliases {
  readonly #recent: Recent<Known>
  // What this append works with, whatever the memory forgets meanwhile.
  readonly #loaded = new Map<string, Known>()
  readonly #changed = new Map<string, { readonly key: readonly Value[]; readonly known: Known }>()

  constructor(recent: Recent<Known>) {
    this.#recent = recent
  }

  /** Makes `get` answer for these ids, and for the user ids that they lead to. */
  async load(sql: Sql, events: readonly Appending[]): Promise<void> {
    const first = new Map<string, readonly Value[]>()
    const want = (kind: Kind, event: Appending, id: string | null): void => {
      if (id === null) return
      const name = nameOf(event, kind, id)
      if (this.#loaded.has(name)) return
      const known = this.#recent.get(name)
      if (known === undefined) first.set(name, [event.workspaceId, event.storeId, kind, id])
      else this.#loaded.set(name, known)
    }
    for (const event of events) {
      want('user', event, event.userId)
      want('anonymous', event, event.anonymousId)
      want('anonymous', event, event.previousId)
      want('user', event, event.previousId)
    }
    await this.#fetch(sql, first)
    first.clear()
    for (const event of events) {
      const { anonymousId } = event
      if (anonymousId === null || event.userId !== null) continue
      want('user', event, this.get(event, 'anonymous', anonymousId).externalId)
    }
    await this.#fetch(sql, first)
  }

  async #fetch(sql: Sql, wanted: ReadonlyMap<string, readonly Value[]>): Promise<void> {
    if (wanted.size === 0) return
    const found = await sql.find<Known>(
      `select email, phone, external_id as "externalId"
         from alias
        where workspace_id = $1 and store_id = $2 and kind = $3 and id = $4`,
      [...wanted.values()],
    )
    let place = 0
    for (const name of wanted.keys()) {
      const { email, phone, externalId } = found[place] ?? nobody
      this.#loaded.set(name, { email, phone, externalId })
      this.#recent.set(name, { email, phone, externalId })
      place += 1
    }
  }

  get(
    scope: { readonly workspaceId: string; readonly storeId: string },
    kind: Kind,
    id: string,
  ): Known {
    return this.#loaded.get(nameOf(scope, kind, id)) ?? nobody
  }

  /** Nothing happens when that is what is known already. */
  set(event: Appending, kind: Kind, id: string, known: Known): void {
    if (same(this.get(event, kind, id), known)) return
    const name = nameOf(event, kind, id)
    this.#loaded.set(name, known)
    this.#recent.set(name, known)
    this.#changed.set(name, { key: [event.workspaceId, event.storeId, kind, id], known })
  }

  async save(sql: Sql): Promise<void> {
    if (this.#changed.size === 0) return
    await sql.each(
      `insert into alias (workspace_id, store_id, kind, id, email, phone, external_id)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (workspace_id, store_id, kind, id) do update
          set email = excluded.email, phone = excluded.phone, external_id = excluded.external_id`,
      Array.from(this.#changed.values(), ({ key, known }) => [
        ...key,
        known.email,
        known.phone,
        known.externalId,
      ]),
    )
  }
}

function nameOf(
  scope: { readonly workspaceId: string; readonly storeId: string },
  kind: Kind,
  id: string,
): string {
  return `${scope.workspaceId} ${scope.storeId} ${kind} ${id}`
}

function same(one: Known, other: Known): boolean {
  return (
    one.email === other.email && one.phone === other.phone && one.externalId === other.externalId
  )
}
