import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Backlog,
  type CursorKey,
  delayAt,
  type Fate,
  fateOf,
  hourMs,
  hourOf,
  type HourOfReason,
  lanes,
  reasons,
  type ReasonCode,
} from '../../core/index.ts'
import { cursorOf, entriesOf, type Overview, overviews, receivedAtOf } from '../overview.ts'
import { attentionOf } from './attention.ts'
import { hoursOf, takenOverAt } from './hours-of.ts'
import { isoOf, isoOrNone } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { type Period, periodOf } from './period.ts'
import { nothingHere, type Serve } from './serve.ts'

type Answer = Static<typeof api.getOverview.answer & {}>

const mostMetrics = 10

/** What arrived, what became of it, and what needs somebody. */
export function serveOverview(serve: Serve, parts: AdminParts): void {
  const { config, watch } = parts

  serve(api.getOverview, async ({ params, query, now }) => {
    const { workspaceId } = params
    const { period: name = '24h', zone = 'UTC', connection: only } = query
    const period = periodOf(name, zone, now)
    const all = await overviews(parts, workspaceId)
    const shown = only === undefined ? all : all.filter(({ connection }) => connection.id === only)
    if (only !== undefined && shown.length === 0) throw nothingHere()
    const connections = shown.map(({ connection }) => connection)
    const keys = connections.map((one) => cursorOf(one, 'live'))
    const taking = connections.filter((one) => takenOverAt(one, connections) === undefined)
    const span = { from: hourOf(period.from), to: hourOf(now) + 1 }
    const formerly = { from: hourOf(period.before.from), to: hourOf(period.before.to) + 1 }
    const [hours, before, metrics, delays, waitingSince, backlogs, sources] = await Promise.all([
      hoursOf(watch, connections, span),
      hoursOf(watch, connections, formerly),
      watch.sums(keys, 'metric', span),
      watch.sums(keys, 'delay', span),
      watch.waitingSince(
        taking.map((one) => cursorOf(one, 'live')),
        period.starts,
      ),
      backlogsOf(shown),
      config.sources(workspaceId),
    ])
    const behind = waitingSince.map((events, place) => events - (waitingSince[place + 1] ?? 0))
    const fates = fatesOf(hours)
    const waitingNow = waitingSince[0] ?? 0
    const steps = stepsOf(shown, backlogs)
    return {
      from: isoOf(period.from),
      to: isoOf(now),
      zone,
      step: period.step,
      totals: {
        received: sumOf(hours) + waitingNow,
        accepted: fates.accepted,
        notSent: fates.not_sent,
        failed: fates.failed,
        waiting: fates.waiting + waitingNow,
      },
      ...beforeOf(before, period),
      confirmed: sumOf(hours.filter(({ reason }) => reasons[reason].outcome === 'confirmed')),
      notSent: causesOf(hours, 'not_sent'),
      failed: causesOf(hours, 'failed'),
      waiting: causesOf(hours, 'waiting'),
      ...delayOf(delays),
      series: seriesOf(hours, period, behind),
      metrics: metrics.slice(0, mostMetrics).map(({ what, events }) => ({ metric: what, events })),
      attention: await attentionOf(parts, shown, { now, backlogs }),
      steps: { source: sources.some(({ enabled }) => enabled), ...steps },
      connections: shown.map((overview) => connectionShape(overview, backlogs)),
    }
  })

  async function backlogsOf(shown: readonly Overview[]): Promise<readonly Backlog[]> {
    const keys: CursorKey[] = shown.flatMap(({ connection }) =>
      lanes.map((lane) => cursorOf(connection, lane)),
    )
    return watch.backlogs(keys)
  }
}

function connectionShape(
  overview: Overview,
  backlogs: readonly Backlog[],
): Answer['connections'][number] {
  const { connection, storeName, destination, state, live, totals, oldestAt } = overview
  const accountName = destination?.accountName
  const receivedAt = receivedAtOf(overview, backlogs)
  return {
    id: connection.id,
    storeName,
    ...(accountName === undefined ? {} : { accountName }),
    state,
    doing: live.state,
    perMinute: live.perMinute,
    waiting: totals.waiting,
    toSend: overview.toSend,
    failed: totals.failed,
    ...timesOf({ oldestAt, lastSuccessAt: overview.lastSuccessAt, lastReceivedAt: receivedAt }),
  }
}

function timesOf<Name extends string>(
  times: Readonly<Record<Name, number | undefined>>,
): Partial<Record<Name, string>> {
  const shown: Partial<Record<Name, string>> = {}
  for (const name of Object.keys(times) as Name[]) {
    const text = isoOrNone(times[name])
    if (text !== undefined) shown[name] = text
  }
  return shown
}

function stepsOf(shown: readonly Overview[], backlogs: readonly Backlog[]) {
  return {
    // One that is paused, or that Klaviyo refuses, is not to be connected once more.
    connected: shown.some(({ state }) => state !== 'disconnected'),
    received: shown.some(
      (one) => entriesOf(one.counts).length > 0 || receivedAtOf(one, backlogs) !== undefined,
    ),
    accepted: shown.some(({ counts }) =>
      entriesOf(counts).some(([reason]) => fateOf(reason) === 'accepted'),
    ),
  }
}

function sumOf(hours: readonly { readonly events: number }[]): number {
  return hours.reduce((sum, { events }) => sum + events, 0)
}

function fatesOf(hours: readonly HourOfReason[]): Record<Fate, number> {
  const fates = { accepted: 0, failed: 0, not_sent: 0, waiting: 0 }
  for (const { reason, events } of hours) fates[fateOf(reason)] += events
  return fates
}

/** Its last hour counts for the part of it that lies in the time compared. */
function beforeOf(
  hours: readonly HourOfReason[],
  { before }: Period,
): Pick<Answer, 'before'> | undefined {
  if (hours.length === 0) return undefined
  const last = hourOf(before.to)
  const share = (before.to - last * hourMs) / hourMs
  const weighed = hours.map((one) =>
    one.hour < last ? one : { ...one, events: one.events * share },
  )
  const { accepted, not_sent: notSent, failed } = fatesOf(weighed)
  return {
    before: {
      received: Math.round(sumOf(weighed)),
      accepted: Math.round(accepted),
      notSent: Math.round(notSent),
      failed: Math.round(failed),
    },
  }
}

function causesOf(hours: readonly HourOfReason[], fate: Fate): Answer['notSent'] {
  const counts: Partial<Record<ReasonCode, number>> = {}
  for (const { reason, events } of hours)
    if (fateOf(reason) === fate) counts[reason] = (counts[reason] ?? 0) + events
  return entriesOf(counts).map(([reason, events]) => ({
    reason,
    sentence: reasons[reason].sentence,
    todo: reasons[reason].todo,
    events,
  }))
}

function delayOf(
  delays: readonly { readonly what: string; readonly events: number }[],
): Pick<Answer, 'delay'> | undefined {
  const steps = new Map(delays.map(({ what, events }) => [Number(what), events]))
  const typicalMs = delayAt(steps, 0.5)
  const slowMs = delayAt(steps, 0.95)
  if (typicalMs === undefined || slowMs === undefined) return undefined
  return { delay: { typicalMs: Math.round(typicalMs), slowMs: Math.round(slowMs) } }
}

function seriesOf(
  hours: readonly HourOfReason[],
  { starts }: Period,
  behind: readonly number[],
): Answer['series'] {
  const series = starts.map((at, place) => ({
    at: isoOf(at),
    accepted: 0,
    notSent: 0,
    failed: 0,
    waiting: behind[place] ?? 0,
  }))
  const names = {
    accepted: 'accepted',
    failed: 'failed',
    not_sent: 'notSent',
    waiting: 'waiting',
  } as const
  for (const { hour, reason, events } of hours) {
    const place = starts.findLastIndex((start) => start <= hour * hourMs)
    const bar = series[place]
    if (bar !== undefined) bar[names[fateOf(reason)]] += events
  }
  return series
}
