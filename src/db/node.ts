import type { Hint, NodeRow, NodeState } from '../core/index.ts'
import type { Sql } from './sql.ts'

/**
 * The nodes that are alive. One heartbeat renews all that a node has: an account is free when nobody of this
 * table owns it. A node whose time ran out is removed before anything of its is taken, so that a late
 * heartbeat of its finds no row, whichever of both came first.
 */
export async function join(
  sql: Sql,
  node: {
    readonly id: string
    readonly delivers: boolean
    readonly leaseMs: number
    readonly alone?: boolean
  },
): Promise<void> {
  if (node.alone === true) {
    await sql.query('delete from node')
    await sql.query('delete from hint')
  }
  await sql.query(
    `insert into node (node_id, delivers, joined_at, until_at)
     values ($1, $2, ${sql.clock}, ${sql.clock} + $3)`,
    [node.id, node.delivers ? 1 : 0, node.leaseMs],
  )
}

export async function renew(
  sql: Sql,
  { id, leaseMs }: { readonly id: string; readonly leaseMs: number },
): Promise<boolean> {
  const rows = await sql.query(
    `update node set until_at = ${sql.clock} + $2 where node_id = $1 returning node_id`,
    [id, leaseMs],
  )
  return rows.length === 1
}

export async function retire(sql: Sql, nodeId: string): Promise<void> {
  await sql.query('update node set delivers = 0 where node_id = $1', [nodeId])
}

export async function leave(sql: Sql, nodeId: string): Promise<void> {
  await sql.query('delete from node where node_id = $1', [nodeId])
  await sql.query('delete from hint where node_id = $1', [nodeId])
}

interface Row {
  readonly id: string
  readonly delivers: number
  readonly livedMs: number
  readonly leftMs: number
}

/** All, in the order in which they joined; and which of them have not been heard of in time. */
export async function findNodes(
  sql: Sql,
): Promise<{ readonly nodes: readonly NodeRow[]; readonly dead: readonly string[] }> {
  const rows = await sql.query<Row>(
    `select node_id as id, delivers, ${sql.clock} - joined_at as "livedMs",
            until_at - ${sql.clock} as "leftMs"
       from node
      order by joined_at, node_id`,
  )
  return {
    nodes: rows.map(({ id, delivers, livedMs }) => ({ id, delivers: delivers === 1, livedMs })),
    dead: rows.flatMap(({ id, leftMs }) => (leftMs <= 0 ? [id] : [])),
  }
}

/** The same with what each runs, for people. */
export async function nodeStates(sql: Sql): Promise<readonly NodeState[]> {
  const rows = await sql.query<Row & { readonly accounts: number }>(
    `select node_id as id, delivers, ${sql.clock} - joined_at as "livedMs",
            until_at - ${sql.clock} as "leftMs",
            (select count(*) from lease where owner = node_id) as accounts
       from node
      order by joined_at, node_id`,
  )
  return rows.map(({ delivers, ...row }) => ({ ...row, delivers: delivers === 1 }))
}

/** Removes a node unless it turned out to be alive. */
export async function bury(sql: Sql, nodeId: string): Promise<void> {
  const rows = await sql.query(
    `delete from node where node_id = $1 and until_at <= ${sql.clock} returning node_id`,
    [nodeId],
  )
  if (rows.length > 0) await sql.query('delete from hint where node_id = $1', [nodeId])
}

/** One row for each node that is to hear of it. */
export async function addHints(
  sql: Sql,
  nodeIds: readonly string[],
  hintId: string,
  lanes: readonly Hint[],
): Promise<void> {
  const text = JSON.stringify(
    lanes.map(({ workspaceId, sourceId, lane, seq }) => [workspaceId, sourceId, lane, seq]),
  )
  await sql.each(
    'insert into hint (node_id, hint_id, lanes) values ($1, $2, $3)',
    nodeIds.map((nodeId) => [nodeId, hintId, text]),
  )
}

export async function takeHints(sql: Sql, nodeId: string): Promise<readonly Hint[] | undefined> {
  const rows = await sql.query<{ lanes: string }>(
    'delete from hint where node_id = $1 returning lanes',
    [nodeId],
  )
  if (rows.length === 0) return undefined
  return rows.flatMap(({ lanes }) =>
    (JSON.parse(lanes) as [string, string, Hint['lane'], number][]).map(
      ([workspaceId, sourceId, lane, seq]) => ({ workspaceId, sourceId, lane, seq }),
    ),
  )
}
