import * as api from '../../api/index.ts'
import { unmasked } from '../../core/index.ts'
import { eventPageOf } from '../event-rows.ts'
import { connectionOf } from './connections.ts'
import { placeIn } from './cursor.ts'
import { filterOf } from './event-filter.ts'
import { lineOf, mapperFor } from './event-line.ts'
import type { AdminParts } from './parts.ts'
import { eyesOf } from './reveal.ts'
import type { Serve } from './serve.ts'

/** A connection's events, newest first, found in bounded time. */
export function serveEventList(serve: Serve, parts: AdminParts): void {
  const { secrets, kit } = parts

  serve(api.listEvents, async (ask) => {
    const { params, query } = ask
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const list = `events:${params.workspaceId}:${connection.id}`
    const { limit, after } = placeIn<number>(secrets, list, query)
    const { order = '', from, to, lane } = query
    const search = eventPageOf(parts, connection, {
      ...filterOf(query, connection, kit),
      limit,
      ...(order.trim() === '' ? {} : { order: order.trim() }),
      ...(from === undefined ? {} : { from: Date.parse(from) }),
      ...(to === undefined ? {} : { until: Date.parse(to) }),
      ...(lane === undefined ? {} : { lane }),
      ...(after === undefined ? {} : { before: after }),
    })
    const [page, eyes, mapper] = await Promise.all([
      search,
      eyesOf(parts, ask, 'events'),
      mapperFor(parts, connection),
    ])
    return {
      data: page.events.map((row) => lineOf(row, mapper, eyes(row.identifiers))),
      looked: page.looked,
      masked: eyes() !== unmasked,
      next:
        page.before === undefined
          ? undefined
          : secrets.seal(JSON.stringify(page.before), `cursor:${list}`),
    }
  })
}
