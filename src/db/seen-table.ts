import { hash } from 'node:crypto'
import { nameOf, type Seen, type SeenIds } from './seen.ts'
import { dropSpans } from './span.ts'

/** Where others write too, the database alone knows. */
export const seenTable: SeenIds = {
  digestOf: (event) => hash('sha256', nameOf(event), 'base64url').slice(0, 22),
  find: (sql, keys) =>
    sql.find<Seen>(
      'select lane, seq from seen where workspace_id = $1 and digest = $2',
      keys.map(({ workspaceId, digest }) => [workspaceId, digest]),
    ),
  add: (sql, entries) =>
    sql.each(
      'insert into seen (workspace_id, digest, lane, seq, received_at) values ($1, $2, $3, $4, $5)',
      entries.map(({ workspaceId, digest, lane, seq, receivedAt }) => [
        workspaceId,
        digest,
        lane,
        seq,
        receivedAt,
      ]),
    ),
  kept() {},
  forget() {},
  drop: (sql, group, cutoff) => dropSpans(sql, group, 'seen', cutoff),
}
