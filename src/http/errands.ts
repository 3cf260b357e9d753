import { randomUUID } from 'node:crypto'
import type {
  Cause,
  Clock,
  Connection,
  Errand,
  Exception,
  Lane,
  ReasonCode,
} from '../core/index.ts'
import { cursorOf, type OverviewParts } from './overview.ts'
import { Problem } from './problem.ts'

type Parts = OverviewParts & { readonly clock: Clock }

export type Wanted =
  | { readonly type: 'some'; readonly messageIds: readonly string[] }
  /** Without a reason: all that failed. */
  | { readonly type: 'all'; readonly reason?: ReasonCode }

/** What was done at once, of a selection. */
export interface Done {
  /** How many go out again, or were let go of. What waits already is not counted. */
  readonly count: number
  /** Message ids that are not known, or whose events are gone. */
  readonly unknown: readonly string[]
}

/** Sends ended events again, the same with the same unique ids, by the settings of today; or lets go of failed ones. */
export async function actOnSome(
  { journal, engine, clock }: Parts,
  connection: Connection,
  act: Errand['act'],
  messageIds: readonly string[],
): Promise<Done> {
  const now = clock.now()
  let count = 0
  const unknown: string[] = []
  const seqs = new Map<Lane, number[]>()
  const { workspaceId, id: connectionId, sourceId } = connection
  for (const messageId of new Set(messageIds)) {
    const story = await journal.story({ workspaceId, connectionId, sourceId, messageId })
    if (story === undefined) unknown.push(messageId)
    else seqs.set(story.lane, [...(seqs.get(story.lane) ?? []), story.seq])
  }
  for (const [lane, some] of seqs)
    count += await journal[act](cursorOf(connection, lane), some, now)
  if (count > 0) await engine.reload()
  return { count, unknown }
}

/** The same for all that ended for a reason, in the background. While one runs, that one is the answer. */
export async function actOnAll(
  { journal, engine, clock }: Parts,
  connection: Connection,
  errand: Pick<Errand, 'act' | 'reason'>,
): Promise<{ readonly errand: Errand; readonly begun: boolean }> {
  const id = `run_${randomUUID()}`
  const answer = await journal.begin(placeOf(connection), { ...errand, id }, clock.now())
  await engine.reload()
  return answer
}

/** Ends it. Throws a `Problem` when there is none of this id. */
export async function cancelErrand(
  { journal, engine, clock }: Parts,
  connection: Connection,
  id: string,
): Promise<Errand> {
  const errand = await journal.cancel(placeOf(connection), id, clock.now())
  if (errand === undefined) {
    throw new Problem(404, 'no_such_run', 'There is no replay or discard with this id.')
  }
  await engine.reload()
  return errand
}

/** What of a connection failed and is kept: by cause, with the newest of each. */
export interface Failures {
  readonly total: number
  readonly causes: readonly (Cause & { readonly newest: readonly Exception[] })[]
  /** The newest first. */
  readonly errands: readonly Errand[]
}

const newestOfCause = 3
const newestErrands = 5

export async function failuresOf(
  { journal }: OverviewParts,
  connection: Connection,
): Promise<Failures> {
  const place = placeOf(connection)
  const [causes, errands] = await Promise.all([
    journal.causes(place),
    journal.errands(place, newestErrands),
  ])
  return {
    total: causes.reduce((sum, { count }) => sum + count, 0),
    causes: await Promise.all(
      causes.map(async (cause) => ({
        ...cause,
        newest: await journal.failed(place, cause.reason, newestOfCause),
      })),
    ),
    errands,
  }
}

export function placeOf({ workspaceId, id, sourceId }: Connection) {
  return { workspaceId, connectionId: id, sourceId }
}
