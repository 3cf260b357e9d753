import * as api from '../../api/index.ts'
import type { AuditRow } from '../../core/index.ts'
import { actorsIn } from './actors.ts'
import { csvOf } from './csv.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

/** Who did what. */
export function serveTrail(serve: Serve, parts: AdminParts): void {
  const { access, secrets } = parts

  serve(api.listActs, async ({ params, query }) => {
    const { about, by: actor } = query
    const list = `acts:${params.workspaceId}:${about ?? ''}:${actor ?? ''}`
    const { limit, after } = placeIn<number>(secrets, list, query)
    const rows = await access.acts(params.workspaceId, {
      limit: limit + 1,
      about,
      by: actor,
      ...(after === undefined ? {} : { before: after }),
    })
    const shown = await actorsIn(access, params.workspaceId)
    return pageFrom(secrets, list, rows, {
      limit,
      position: ({ number }) => number,
      shape: ({ at, by, number, address, action, target, before, after: to, hash }) => ({
        number,
        address,
        action,
        target,
        before,
        after: to,
        hash,
        at: isoOf(at),
        by: shown(by),
      }),
    })
  })

  serve(api.exportActs, async (ask) => {
    const { workspaceId } = ask.params
    const shown = await actorsIn(access, workspaceId)
    const rows: AuditRow[] = []
    for (let before = Number.MAX_SAFE_INTEGER; ; before = rows.at(-1)!.number) {
      const some = await access.acts(workspaceId, { limit: 1000, before })
      rows.push(...some)
      if (some.length < 1000) break
    }
    await access.note(ask.act('audit.export'))
    return csvOf(
      [
        'number',
        'at',
        'by',
        'id',
        'name',
        'address',
        'action',
        'target',
        'before',
        'after',
        'hash',
      ],
      rows.toReversed().map(({ number, at, by, address, action, target, before, after, hash }) => {
        const { type, id, name } = shown(by)
        return [
          number,
          isoOf(at),
          type,
          id,
          name,
          address,
          action,
          target,
          before === undefined ? undefined : JSON.stringify(before),
          after === undefined ? undefined : JSON.stringify(after),
          hash,
        ]
      }),
    )
  })

  serve(api.verifyActs, async ({ params }) => {
    const check = await access.verifyActs(params.workspaceId)
    return check.type === 'whole'
      ? { whole: true, rows: check.rows }
      : { whole: false, brokenAt: check.at }
  })
}
