import type { Sql } from './sql.ts'

/** What an append writes in: a source's numbers, and what its store knows of people. */
export interface Anchored {
  readonly workspaceId: string
  readonly sourceId: string
  readonly storeId?: string
}

/**
 * Lets nobody else append to these sources, or change what these stores know of people, until the
 * transaction ends. The rows exist for this alone: they are locked, never changed, so that no versions of
 * them pile up. All are locked in one order, so that no two appends wait for each other. What a later
 * statement reads is then what the one before has committed.
 *
 * The store's row: two of its sources may tell of the same person at the same time. One after the other,
 * the second one reads what the first one noted, as if all had come through one source.
 */
export async function lockAnchors(sql: Sql, anchored: Iterable<Anchored>): Promise<void> {
  if (!sql.shared) return
  const names = new Map<string, readonly [workspaceId: string, name: string]>()
  const add = (workspaceId: string, name: string): void => {
    names.set(`${workspaceId} ${name}`, [workspaceId, name])
  }
  for (const { workspaceId, sourceId, storeId } of anchored) {
    add(workspaceId, `source ${sourceId}`)
    if (storeId !== undefined) add(workspaceId, `store ${storeId}`)
  }
  await lockNames(sql, names)
}

/** Lets nobody else write into the workspace's trail until the transaction ends. */
export async function lockTrail(sql: Sql, workspaceId: string): Promise<void> {
  if (sql.shared) await lockNames(sql, new Map([['', [workspaceId, 'trail']]]))
}

async function lockNames(
  sql: Sql,
  names: ReadonlyMap<string, readonly [workspaceId: string, name: string]>,
): Promise<void> {
  const keys = [...names].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key)
  const missing = async () => {
    const found = await sql.find(
      `select 1 as found from anchor where workspace_id = $1 and name = $2 ${sql.lock}`,
      keys,
    )
    return keys.filter((_, place) => found[place] === undefined)
  }
  const fresh = await missing()
  if (fresh.length === 0) return
  // The first event of a source, or of a store. Another node may be making the same rows.
  await sql.each(
    'insert into anchor (workspace_id, name) values ($1, $2) on conflict (workspace_id, name) do nothing',
    fresh,
  )
  await missing()
}
