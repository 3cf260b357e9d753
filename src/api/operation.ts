import type { TObject, TSchema } from 'typebox'
import type { Permission } from '../core/index.ts'

/**
 * Who an operation answers. A permission: whoever has it in the workspace that the path names. `caller`:
 * every member and every token. `member`: a person, not a token. `half`: a person whose second factor is
 * still to come. `operator`: whoever looks after the installation.
 */
export type May = Permission | 'everybody' | 'half' | 'caller' | 'member' | 'operator'

/** One address of the API, as data: what it takes and answers, and whom. The handlers are in `http/admin`. */
export interface Operation<
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`. */
  readonly path: string
  readonly may: May
  readonly summary: string
  /** More than the summary says, for the page. */
  readonly description?: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Left out: 204, and nothing is said. */
  readonly answer?: Answer
  /** 200 unless told. */
  readonly status?: 200 | 201 | 202
  /** JSON unless told. */
  readonly contentType?: 'text/csv' | 'application/x-ndjson' | 'text/event-stream'
}

export type AnyOperation = Operation

type Empty = TObject<Record<string, never>>

/** Keeps the exact types of the shapes. */
export function operation<
  Params extends TObject = Empty,
  Query extends TObject = Empty,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
>(given: Operation<Params, Query, Body, Answer>): Operation<Params, Query, Body, Answer> {
  return given
}
