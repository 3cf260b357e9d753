import { randomUUID } from 'node:crypto'
import type { Group } from './group.ts'
import { claim, release, renew } from './lease.ts'
import type { Sql } from './sql.ts'

/** Work that one node at a time does: under a lease, like an account's. */
export interface Turn {
  /** Prolongs it when that is due. False: it took too long, and another node has taken over. */
  holds(): Promise<boolean>
}

/** No account of Klaviyo's is called that. */
const name = 'task:retain'
const leaseMs = 60_000
const renewMs = 10_000

/** Does nothing when it is another node's turn. A node that died keeps it for a minute. */
export async function inTurn(
  sql: Sql,
  group: Group,
  work: (turn: Turn) => Promise<void>,
): Promise<void> {
  if (!sql.shared) return work({ holds: async () => true })
  const node = { id: randomUUID(), leaseMs }
  const [lease] = await group.write((tx) => claim(tx, [name], node))
  if (lease === undefined) return
  let renewedAt = performance.now()
  const holds = async () => {
    if (performance.now() - renewedAt < renewMs) return true
    renewedAt = performance.now()
    return (await group.write((tx) => renew(tx, [name], node))).length === 1
  }
  try {
    await work({ holds })
  } finally {
    await group.write((tx) => release(tx, [name], node))
  }
}
