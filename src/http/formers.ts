import type { Config, Connection, EventRow } from '../core/index.ts'

/**
 * The connections that brought the source's events to the same Klaviyo account before this one was made, the newest
 * first: what came before it is as they left it.
 */
export async function formersOf(
  config: Config,
  connection: Connection,
): Promise<readonly Connection[]> {
  const { workspaceId, id, sourceId, since } = connection
  const others = (await config.connections(workspaceId)).filter(
    (one) =>
      one.id !== id &&
      one.sourceId === sourceId &&
      one.state === 'disconnected' &&
      one.since <= since,
  )
  if (others.length === 0) return []
  const accounts = new Map(
    (await config.destinations(workspaceId)).map((one) => [one.id, one.accountId]),
  )
  const account = accounts.get(connection.destinationId)
  if (account === undefined) return []
  return others
    .filter(({ destinationId }) => accounts.get(destinationId) === account)
    .toSorted((one, other) => other.since - one.since)
}

/** One that was disconnected sends nothing any more; what its events became is told by the settings that it had. */
export function asItWas(connection: Connection): Connection {
  return connection.state === 'disconnected' ? { ...connection, state: 'connected' } : connection
}

/** Which of them is meant. */
export function formerOf(
  { formerId }: Pick<EventRow, 'formerId'>,
  formers: readonly Connection[],
): Connection | undefined {
  return formers.find(({ id }) => id === formerId)
}

export function idsOf(formers: readonly Connection[]): readonly string[] {
  return formers.map(({ id }) => id)
}
