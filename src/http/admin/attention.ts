import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { type Backlog, hourMs, hourOf, reasons } from '../../core/index.ts'
import { cursorOf, type Overview, receivedAtOf } from '../overview.ts'
import { isReason } from '../query.ts'
import { placeOf } from '../errands.ts'
import { isoOf, isoOrNone } from './iso.ts'
import type { AdminParts } from './parts.ts'

type Attention = Static<typeof api.getOverview.answer & {}>['attention'][number]

/** Without a single event for so long, where there was at least one a day in the week before, something is wrong. */
const silentMs = 24 * hourMs
const usualDays = 7

const gravest: readonly Attention['kind'][] = [
  'broken',
  'disconnected',
  'silent',
  'failed',
  'retrying',
  'paused',
  'off',
  'deletion',
  'unconfirmed',
  'simulated',
]

/** What stands out, the gravest first: there is something to do about each. */
export async function attentionOf(
  parts: Pick<AdminParts, 'journal' | 'watch' | 'klaviyoUrl'>,
  shown: readonly Overview[],
  { now, backlogs }: { readonly now: number; readonly backlogs: readonly Backlog[] },
): Promise<Attention[]> {
  const each = await Promise.all(
    shown.map(async (overview) => [
      ...(overview.state === 'disconnected' ? [] : standingOf(overview)),
      ...(await silenceOf(parts, overview, receivedAtOf(overview, backlogs), now)),
      ...(await failuresOf(parts, overview)),
    ]),
  )
  const all = each.flat()
  const [newest] = shown.toSorted((one, other) => other.connection.since - one.connection.since)
  if (newest !== undefined && shown.every(({ state }) => state === 'disconnected'))
    all.push({ kind: 'disconnected', connectionId: newest.connection.id })
  if (parts.klaviyoUrl !== undefined && shown.length > 0) all.push({ kind: 'simulated' })
  return all.toSorted((one, other) => gravest.indexOf(one.kind) - gravest.indexOf(other.kind))
}

function standingOf(overview: Overview): readonly Attention[] {
  const { connection, state, fault, live, toSend, failedDeleted } = overview
  const connectionId = connection.id
  const found: Attention[] = []
  if (state === 'ERROR') {
    const at = isoOrNone(fault?.at)
    const since = at === undefined ? {} : { at }
    found.push({
      kind: 'broken',
      connectionId,
      ...wordsOf(fault?.reason),
      ...since,
      events: toSend,
    })
  }
  if (state === 'paused') found.push({ kind: 'paused', connectionId, events: toSend })
  if (state === 'off') found.push({ kind: 'off', connectionId })
  if (live.state === 'retrying') {
    const at = isoOrNone(live.nextAt)
    const next = at === undefined ? {} : { at }
    found.push({
      kind: 'retrying',
      connectionId,
      ...wordsOf(live.reason),
      ...next,
      events: toSend,
    })
  }
  if (live.cannotConfirm === true) found.push({ kind: 'unconfirmed', connectionId })
  if (failedDeleted?.startsAt !== undefined)
    found.push({ kind: 'deletion', connectionId, at: isoOf(failedDeleted.startsAt) })
  return found
}

async function silenceOf(
  { watch }: Pick<AdminParts, 'watch'>,
  { connection, state }: Overview,
  receivedAt: number | undefined,
  now: number,
): Promise<readonly Attention[]> {
  if (state !== 'connected' || receivedAt === undefined || now - receivedAt < silentMs) return []
  // The week before it fell silent.
  const to = hourOf(receivedAt) + 1
  const span = { from: to - usualDays * 24, to }
  const hours = await watch.hours([cursorOf(connection, 'live')], span)
  const days = new Set(hours.map(({ hour }) => Math.floor((to - 1 - hour) / 24)))
  if (days.size < usualDays - 1) return []
  return [{ kind: 'silent', connectionId: connection.id, at: isoOf(receivedAt) }]
}

async function failuresOf(
  { journal }: Pick<AdminParts, 'journal'>,
  { connection, state }: Overview,
): Promise<readonly Attention[]> {
  const causes = await journal.causes(placeOf(connection))
  return causes.map(({ reason, count }) => ({
    kind: 'failed',
    connectionId: connection.id,
    ...wordsOf(reason),
    ...(state === 'disconnected' ? { todo: endedTodo } : {}),
    events: count,
  }))
}

const endedTodo =
  'Their connection has ended, so they cannot be sent. Discard them, or let the shop send them once more.'

function wordsOf(code: string | undefined): Pick<Attention, 'reason' | 'sentence' | 'todo'> {
  if (code === undefined || !isReason(code)) return {}
  const { sentence, todo } = reasons[code]
  return { reason: code, sentence, todo }
}
