import type { Config, Connection, DestinationRow } from '../core/index.ts'

/** So many workspaces that changed at once are not read one by one. */
const fewWorkspaces = 50

/** What is configured, as it was last read: all of it once, and then where something changed. */
export class Roster {
  readonly #config: Config
  readonly destinations = new Map<string, DestinationRow>()
  readonly connections = new Map<string, Connection>()
  /** The connections' ids, by account. */
  readonly #byAccount = new Map<string, string[]>()
  /** How many connections a source has. */
  readonly #bySource = new Map<string, number>()
  /** The newest change that was read, by workspace. */
  #known = new Map<string, number>()
  #since: number | undefined

  constructor(config: Config) {
    this.#config = config
  }

  /** All accounts that anything goes to. */
  get accountIds(): readonly string[] {
    return [...this.#byAccount.keys()]
  }

  get accounts(): number {
    return this.#byAccount.size
  }

  connectionsOf(accountId: string): readonly Connection[] {
    return (this.#byAccount.get(accountId) ?? []).flatMap((id) => this.connections.get(id) ?? [])
  }

  accountOf({ destinationId }: Connection): string | undefined {
    return this.destinations.get(destinationId)?.accountId
  }

  connectionsTo(sourceId: string): number {
    return this.#bySource.get(sourceId) ?? 0
  }

  /** Reads what changed since it last read; at first everything. Answers what it read. */
  async read(): Promise<{
    readonly destinations: readonly DestinationRow[]
    readonly connections: readonly Connection[]
  }> {
    // Asked for first: what changes while it is read is told again.
    const changes = await this.#config.changes(this.#since ?? 0)
    const fresh = changes.filter(
      ({ workspaceId, number }) => this.#known.get(workspaceId) !== number,
    )
    const which =
      this.#since === undefined || fresh.length > fewWorkspaces
        ? [undefined]
        : fresh.map(({ workspaceId }) => workspaceId)
    const destinations: DestinationRow[] = []
    const connections: Connection[] = []
    for (const workspaceId of which) {
      destinations.push(...(await this.#config.destinations(workspaceId)))
      connections.push(...(await this.#config.connections(workspaceId)))
    }
    // Only those that may be told again.
    this.#known = new Map(changes.map(({ workspaceId, number }) => [workspaceId, number]))
    this.#since = changes.at(-1)?.at ?? this.#since ?? 0
    for (const row of destinations) this.destinations.set(row.id, row)
    for (const connection of connections) this.#note(connection)
    return { destinations, connections }
  }

  #note(connection: Connection): void {
    const isNew = !this.connections.has(connection.id)
    const accountId = this.accountOf(connection)
    if (accountId === undefined) return
    this.connections.set(connection.id, connection)
    if (!isNew) return
    const { sourceId } = connection
    this.#byAccount.set(accountId, [...(this.#byAccount.get(accountId) ?? []), connection.id])
    this.#bySource.set(sourceId, this.connectionsTo(sourceId) + 1)
  }
}
