import type { Act, Removal } from '../core/index.ts'
import { lanes } from '../core/index.ts'
import { addAct } from './audit.ts'
import { breath } from './breath.ts'
import { noteChange } from './change.ts'
import type { Group } from './group.ts'
import type { Sql } from './sql.ts'

/** What a connection, a source and a store have, the largest first; each table's rows in a commit of their own. */
const ofConnection = [
  'ledger',
  'attempt',
  'tally',
  'hourly',
  'latest',
  'exception',
  'exception_count',
  'errand',
  'failed_notice',
  'cursor',
] as const
const ofSource = ['outline', 'guest', 'link', 'refused', 'floor'] as const
/** Where days are kept apart. */
const ofSharedSource = ['lane_day'] as const
const ofStore = ['alias', 'cart', 'handshake'] as const
/** Of the workspace itself. Its trail stays, and the number by which other nodes notice that it is gone. */
const ofWorkspace = ['repeat', 'reveal', 'token', 'ticket', 'membership', 'anchor'] as const

const stepEvents = 5000

/**
 * Deletes for good, in steps so that nobody waits for it. What is configured goes last, with the trail's row: cut
 * off anywhere, the thing is still there to be deleted again. Nothing may write to it any more.
 */
export async function remove(
  sql: Sql,
  group: Group,
  removal: Removal,
  acts: readonly Act[],
): Promise<void> {
  const { workspaceId } = removal
  const { connections, sources, stores, destinations } = removal
  const each = async (table: string, column: string, ids: readonly string[]) => {
    for (const id of ids)
      await group.write((tx) =>
        tx.query(`delete from ${table} where workspace_id = $1 and ${column} = $2`, [
          workspaceId,
          id,
        ]),
      )
    await breath()
  }
  for (const table of ofConnection) await each(table, 'connection_id', connections)
  for (const sourceId of sources)
    for (const lane of lanes) await removeEvents(sql, group, workspaceId, sourceId, lane)
  const perSource = [...ofSource, ...(sql.shared ? ofSharedSource : [])]
  for (const table of perSource) await each(table, 'source_id', sources)
  for (const table of ofStore) await each(table, 'store_id', stores)
  // In a file, message ids are kept as digests that name no workspace, and go by their age.
  const own = removal.whole ? [...ofWorkspace, ...(sql.shared ? ['seen'] : [])] : []
  for (const table of own)
    await group.write((tx) =>
      tx.query(`delete from ${table} where workspace_id = $1`, [workspaceId]),
    )

  await group.write(async (tx) => {
    const rest = [
      ['connection_version', 'connection_id', connections],
      ['connection', 'connection_id', connections],
      ['source', 'source_id', sources],
      ['store', 'store_id', stores],
      ['destination', 'destination_id', destinations],
    ] as const
    for (const [table, column, ids] of rest)
      for (const id of ids)
        await tx.query(`delete from ${table} where workspace_id = $1 and ${column} = $2`, [
          workspaceId,
          id,
        ])
    if (removal.whole)
      await tx.query('delete from workspace where workspace_id = $1', [workspaceId])
    for (const act of acts) await addAct(tx, act)
    // A trail's lock is a row of its own.
    if (removal.whole) await tx.query('delete from anchor where workspace_id = $1', [workspaceId])
    await noteChange(tx, workspaceId)
  })
}

async function removeEvents(
  sql: Sql,
  group: Group,
  workspaceId: string,
  sourceId: string,
  lane: string,
): Promise<void> {
  for (;;) {
    const [first] = await sql.query<{ seq: number | null }>(
      'select min(seq) as seq from event where workspace_id = $1 and source_id = $2 and lane = $3',
      [workspaceId, sourceId, lane],
    )
    const from = first?.seq ?? undefined
    if (from === undefined) return
    await group.write((tx) =>
      tx.query(
        'delete from event where workspace_id = $1 and source_id = $2 and lane = $3 and seq < $4',
        [workspaceId, sourceId, lane, from + stepEvents],
      ),
    )
    await breath()
  }
}
