import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { type ExchangeQuery, type ExchangeRow, type Mask, maskOf } from '../../core/index.ts'
import { csvOf } from './csv.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { eyesOf } from './reveal.ts'
import type { Serve } from './serve.ts'

type Position = NonNullable<ExchangeQuery['before']>
type Shape = Static<typeof api.listSyncs.answer & {}>['data'][number]

const mostExported = 10_000
const exportPage = 500

/** The audit log of all syncs to Klaviyo (Z30–Z32). */
export function serveSyncs(serve: Serve, parts: AdminParts): void {
  const { journal, secrets } = parts

  serve(api.listSyncs, async (ask) => {
    const { params, query } = ask
    const list = `syncs:${params.workspaceId}`
    const { limit, after } = placeIn<Position>(secrets, list, query)
    const rows = await journal.exchanges({
      ...filterOf(params.workspaceId, query),
      limit: limit + 1,
      ...(after === undefined ? {} : { before: after }),
    })
    const eyes = await eyesOf(parts, ask, 'syncs')
    return pageFrom(secrets, list, rows, {
      limit,
      position: ({ at, id }): Position => ({ at, id }),
      shape: (row) => syncShape(row, eyes.may, eyes()),
    })
  })

  serve(api.exportSyncs, async ({ params, query }) => {
    const rows: ExchangeRow[] = []
    for (;;) {
      const last = rows.at(-1)
      const page = await journal.exchanges({
        ...filterOf(params.workspaceId, query),
        limit: exportPage,
        ...(last === undefined ? {} : { before: { at: last.at, id: last.id } }),
      })
      rows.push(...page)
      if (page.length < exportPage || rows.length >= mostExported) break
    }
    const names = ['at', 'connection', 'lane', 'what', 'count', 'result', 'status', 'ms', 'error']
    return csvOf(
      names,
      rows.slice(0, mostExported).map((row) => {
        const { at, connectionId, lane, what, count, result, status, durationMs, error } =
          syncShape(row, false, maskOf())
        return [at, connectionId, lane, what, count, result, status, durationMs, error]
      }),
    )
  })
}

function filterOf(
  workspaceId: string,
  { connection, errors }: { readonly connection?: string; readonly errors?: 'true' | 'false' },
): Omit<ExchangeQuery, 'limit'> {
  return {
    workspaceId,
    ...(connection === undefined ? {} : { connectionId: connection }),
    failed: errors === 'true',
  }
}

function syncShape(row: ExchangeRow, may: boolean, mask: Mask): Shape {
  const { id, at, connectionId, lane, path, actions, durationMs, status, error, response } = row
  const result = resultOf(status)
  return {
    id,
    at: isoOf(at),
    connectionId,
    lane,
    what: kinds.get(path) ?? path,
    count: actions,
    durationMs: Math.round(durationMs),
    result,
    status,
    ...(error === undefined ? {} : { error: mask.text(error) }),
    // Klaviyo may repeat addresses in what it says.
    ...(may && result !== 'accepted' && response !== '' ? { said: mask.body(response) } : {}),
  }
}

function resultOf(status: number): Shape['result'] {
  if (status >= 200 && status < 300) return 'accepted'
  if (status === 0) return 'no answer'
  if (status === 429) return 'limited'
  return status >= 500 || status === 408 ? 'trouble' : 'refused'
}

const kinds = new Map([
  ['/api/events', 'events'],
  ['/api/event-bulk-create-jobs', 'events'],
  ['/api/profile-import', 'profiles'],
  ['/api/profile-bulk-import-jobs', 'profiles'],
  ['/api/profile-subscription-bulk-create-jobs', 'subscriptions'],
  ['/api/profile-subscription-bulk-delete-jobs', 'unsubscriptions'],
])
