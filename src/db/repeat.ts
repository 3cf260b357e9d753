import type { Repeat } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row {
  readonly bodyDigest: string
  readonly at: number
  readonly status: number | null
  readonly body: string | null
}

/** Of two that come at once one gets the key. */
export async function claimRepeat(
  sql: Sql,
  workspaceId: string,
  digest: string,
  { bodyDigest, at }: Omit<Repeat, 'answer'>,
  since: number,
): Promise<Repeat | undefined> {
  const key = [workspaceId, digest]
  await sql.query('delete from repeat where workspace_id = $1 and digest = $2 and at < $3', [
    ...key,
    since,
  ])
  const claimed = await sql.query(
    `insert into repeat (workspace_id, digest, body_digest, at)
     values ($1, $2, $3, $4)
     on conflict do nothing
     returning digest`,
    [...key, bodyDigest, at],
  )
  if (claimed.length === 1) return undefined
  const [row] = await sql.query<Row>(
    `select body_digest as "bodyDigest", at, status, body
       from repeat
      where workspace_id = $1 and digest = $2`,
    key,
  )
  if (row === undefined) return { bodyDigest, at }
  const { status, body, ...kept } = row
  return { ...kept, ...(status !== null && { answer: { status, body: body ?? '' } }) }
}

export async function keepRepeat(
  sql: Sql,
  workspaceId: string,
  digest: string,
  answer: Repeat['answer'],
): Promise<void> {
  if (answer === undefined) {
    await sql.query('delete from repeat where workspace_id = $1 and digest = $2', [
      workspaceId,
      digest,
    ])
    return
  }
  await sql.query(
    'update repeat set status = $3, body = $4 where workspace_id = $1 and digest = $2',
    [workspaceId, digest, answer.status, answer.body],
  )
}
