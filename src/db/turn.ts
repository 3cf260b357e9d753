import { randomUUID } from 'node:crypto'
import type { Group } from './group.ts'
import { claim } from './lease.ts'
import { bury, findNodes, join, leave, renew } from './node.ts'
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
  const id = `${name}:${randomUUID()}`
  const { dead } = await findNodes(sql)
  for (const nodeId of dead) await group.write((tx) => bury(tx, nodeId))
  await group.write((tx) => join(tx, { id, delivers: false, leaseMs }))
  try {
    const [lease] = await group.write((tx) => claim(tx, [name], { id, most: 1 }))
    if (lease === undefined) return
    let renewedAt = performance.now()
    const holds = async () => {
      if (performance.now() - renewedAt < renewMs) return true
      renewedAt = performance.now()
      return group.write((tx) => renew(tx, { id, leaseMs }))
    }
    await work({ holds })
  } finally {
    await group.write((tx) => leave(tx, id))
  }
}
