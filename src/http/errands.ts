import { randomUUID } from 'node:crypto'
import type {
  Act,
  ActName,
  Cause,
  Clock,
  Connection,
  Errand,
  EventRow,
  Exception,
  JsonObject,
  Lane,
  Outcome,
  ReasonCode,
} from '../core/index.ts'
import { reasons } from '../core/index.ts'
import type { ShownRow } from './event-rows.ts'
import { formerOf, formersOf, idsOf } from './formers.ts'
import { liveOf } from './live.ts'
import { cursorOf, destinationOf, type OverviewParts } from './overview.ts'
import { Problem } from './problem.ts'

type Parts = OverviewParts & { readonly clock: Clock }

export type Wanted =
  | { readonly type: 'some'; readonly messageIds: readonly string[] }
  /** Without a reason: all that failed. */
  | { readonly type: 'all'; readonly reason?: ReasonCode }

/** Who did what: the journal puts it into the trail with the change itself (M25). */
export type ActOf = (action: ActName, target: string, after?: JsonObject) => Act

/** What was done at once, of a selection. */
export interface Done {
  /** How many go out again, or were let go of. What waits already is not counted. */
  readonly count: number
  /** Message ids that are not known, or whose events are gone. */
  readonly unknown: readonly string[]
  /** What is not sent again, and why. */
  readonly left: readonly { readonly messageId: string; readonly says: string }[]
}

/** Sends ended events again, the same with the same unique ids, by the settings of today; or lets go of failed ones. */
export async function actOnSome(
  { journal, config, engine, clock }: Parts,
  connection: Connection,
  act: Errand['act'],
  messageIds: readonly string[],
  actOf: ActOf,
): Promise<Done> {
  if (act === 'replay') needSending(connection)
  const now = clock.now()
  let count = 0
  const unknown: string[] = []
  const left: Done['left'][number][] = []
  const seqs = new Map<Lane, number[]>()
  const { workspaceId, id: connectionId, sourceId } = connection
  const formers = await formersOf(config, connection)
  const place = { workspaceId, connectionId, sourceId, formers: idsOf(formers) }
  for (const messageId of new Set(messageIds)) {
    const story = await journal.story({ ...place, messageId })
    const says = story && act === 'replay' ? whyLeft(story, formers) : undefined
    if (story === undefined) unknown.push(messageId)
    else if (says !== undefined) left.push({ messageId, says })
    else seqs.set(story.lane, [...(seqs.get(story.lane) ?? []), story.seq])
  }
  const done = actOf(`failed.${act}`, connectionId)
  for (const [lane, some] of seqs)
    count += await journal[act](cursorOf(connection, lane), some, now, done)
  if (count > 0) await engine.reload()
  return { count, unknown, left }
}

/** Why an event is not sent again over the connection that is asked; undefined: it is. */
function whyLeft(row: EventRow, formers: readonly Connection[]): string | undefined {
  const { outcome, reason } = row
  if (reason === 'anonymous_waiting')
    return 'It waits for its shopper, and is sent by itself once the shopper is known.'
  const onItsWay = 'It is on its way: there is nothing to send again yet.'
  return cameBefore(reason, formerOf(row, formers)) ?? (hasEnded(outcome) ? undefined : onItsWay)
}

/** Of an event that came before the connection: why it has nothing to send again. */
function cameBefore(
  reason: ReasonCode | undefined,
  former: Connection | undefined,
): string | undefined {
  if (former !== undefined) return `It came before this connection. ${overWith(former)}`
  if (reason !== 'before_go_live') return undefined
  return (
    'It came before this connection, which sends what came since. If it is still wanted, the shop can send it once ' +
    'more with a new message id.'
  )
}

/** Throws a `Problem` where that is so. */
export function needItsOwn({ former, reason }: ShownRow): void {
  const says = cameBefore(reason, former)
  if (says !== undefined) throw new Problem(409, 'came_before', says)
}

function hasEnded(outcome: Outcome): boolean {
  return (
    outcome === 'dropped' || outcome === 'dead' || outcome === 'accepted' || outcome === 'confirmed'
  )
}

function overWith({ endedAt }: Connection): string {
  const when = endedAt === undefined ? '' : ` on ${new Date(endedAt).toISOString().slice(0, 10)}`
  return (
    `The one that was there then was disconnected${when} and sends nothing any more. What is still wanted, the shop ` +
    'can send once more with new message ids.'
  )
}

/** Why a replay of all that ended so would come to nothing. */
export async function whyNone(
  { journal, config }: OverviewParts,
  connection: Connection,
  errand: Pick<Errand, 'act' | 'reason'>,
): Promise<string | undefined> {
  const { reason } = errand
  if (reason !== undefined && !hasEnded(reasons[reason].outcome))
    return `A replay is of what has ended. ${reasons[reason].sentence}`
  const formers = await formersOf(config, connection)
  const [row] = await journal.events({
    ...placeOf(connection),
    formers: idsOf(formers),
    limit: 1,
    ...(reason === undefined ? { outcome: 'dead' } : { reason }),
  })
  const former = row && formerOf(row, formers)
  return former && `Events like that came before this connection. ${overWith(former)}`
}

/** What cannot be sent would end as not sent, and be gone from what failed. Throws a `Problem` that says why. */
function needSending({ state, endedAt, settings, workspaceOff = false }: Connection): void {
  if (state === 'disconnected') {
    const when = endedAt === undefined ? '' : ` on ${new Date(endedAt).toISOString().slice(0, 10)}`
    throw new Problem(
      409,
      'disconnected',
      `This connection was disconnected${when}, and sends nothing any more; the one that took over sends what came ` +
        'since. What is still wanted of these, the shop can send once more with new message ids.',
    )
  }
  if (workspaceOff || !settings.enabled) {
    throw new Problem(
      409,
      'connection_off',
      'The connection is switched off: what is sent again would end as not sent. Switch it on first.',
    )
  }
}

/** What an errand would come to. */
export interface Estimate {
  readonly count: number
  readonly estimateMs: number
}

/** A replay goes in bulk beside what arrives; letting go is a matter of the database. */
const perSecond = { replay: 1000, discard: 5000 } as const
const perBulkRequest = 1000

export async function estimateOf(
  { journal }: OverviewParts,
  connection: Connection,
  errand: Pick<Errand, 'act' | 'reason'>,
): Promise<Estimate> {
  const count = await journal.countFor(placeOf(connection), errand)
  const { requestsPerSecond = Number.POSITIVE_INFINITY } = connection.settings
  const cap =
    errand.act === 'replay' ? requestsPerSecond * perBulkRequest : Number.POSITIVE_INFINITY
  const rate = Math.min(perSecond[errand.act], cap)
  return { count, estimateMs: Math.ceil((count / rate) * 1000) }
}

/** The same for all that ended for a reason, in the background. While one runs, that one is the answer. */
export async function actOnAll(
  { journal, engine, clock }: Parts,
  connection: Connection,
  wanted: Pick<Errand, 'act' | 'reason'>,
  actOf: ActOf,
): Promise<{ readonly count: number; readonly begun: boolean; readonly errand?: Errand }> {
  if (wanted.act === 'replay') needSending(connection)
  const count = await journal.countFor(placeOf(connection), wanted)
  if (count === 0) return { count, begun: false }
  const id = `run_${randomUUID()}`
  const { act, reason } = wanted
  const { begun, errand } = await journal.begin(
    placeOf(connection),
    { ...wanted, id },
    clock.now(),
    actOf(`failed.${act}`, connection.id, {
      run: id,
      reason: reason ?? 'all that failed',
      events: count,
    }),
  )
  await engine.reload()
  return { count, begun, errand }
}

/** Ends it. Throws a `Problem` when there is none of this id. */
export async function cancelErrand(
  { journal, engine, clock }: Parts,
  connection: Connection,
  id: string,
  actOf: ActOf,
): Promise<Errand> {
  const act = actOf('failed.cancel', connection.id, { run: id })
  const errand = await journal.cancel(placeOf(connection), id, clock.now(), act)
  if (errand === undefined) {
    throw new Problem(404, 'no_such_run', 'There is no replay or discard with this id.')
  }
  await engine.reload()
  return errand
}

/** Why nothing that is sent again goes out at this moment; undefined: nothing is in its way. */
export async function whatHolds(
  { config, engine }: OverviewParts,
  connection: Connection,
): Promise<ReasonCode | undefined> {
  const { state, reason } = liveOf(engine, connection, await destinationOf(config, connection))
  return state === 'held' || state === 'retrying' ? reason : undefined
}

/** What failed over the store's connections that were disconnected. */
export async function failedBefore(
  { journal, config }: OverviewParts,
  { workspaceId, id, store }: Connection,
): Promise<readonly { readonly connectionId: string; readonly events: number }[]> {
  const others = (await config.connections(workspaceId)).filter(
    (one) => one.id !== id && one.store.id === store.id && one.state === 'disconnected',
  )
  const counts = await Promise.all(others.map((one) => journal.causes(placeOf(one))))
  return others
    .map((one, place) => ({
      connectionId: one.id,
      events: (counts[place] ?? []).reduce((sum, { count }) => sum + count, 0),
    }))
    .filter(({ events }) => events > 0)
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
