import type { Secrets } from '../../core/index.ts'
import { Problem } from '../problem.ts'

interface PageQuery {
  readonly limit?: string
  readonly cursor?: string
}

/** `after` undefined: the first page. */
export interface Place<Position> {
  readonly limit: number
  readonly after: Position | undefined
}

/**
 * Where a list goes on. A cursor is sealed for one list of one workspace: nobody makes one up, and one of
 * another workspace is none (A3).
 */
export function placeIn<Position>(
  secrets: Secrets,
  list: string,
  { limit = '50', cursor }: PageQuery,
): Place<Position> {
  if (cursor === undefined) return { limit: Number(limit), after: undefined }
  try {
    const after: Position = JSON.parse(secrets.open(cursor, `cursor:${list}`))
    return { limit: Number(limit), after }
  } catch {
    throw new Problem(
      400,
      'invalid_cursor',
      'This cursor is not one of this list. Begin without one.',
    )
  }
}

/** A page of what was read with one more than `limit`: whether there is more is known by that one. */
export function pageFrom<Row, Item>(
  secrets: Secrets,
  list: string,
  rows: readonly Row[],
  {
    limit,
    shape,
    position,
  }: {
    readonly limit: number
    readonly shape: (row: Row) => Item
    /** Of a row, as `placeIn` reads it. */
    readonly position: (row: Row) => unknown
  },
): { readonly data: readonly Item[]; readonly next: string | undefined } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const isMore = rows.length > limit && last !== undefined
  return {
    data: shown.map(shape),
    next: isMore ? secrets.seal(JSON.stringify(position(last)), `cursor:${list}`) : undefined,
  }
}
