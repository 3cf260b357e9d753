import type { Attempt, Connection, Refused, Settings } from '../../core/index.ts'
import { lanes, reasons } from '../../core/index.ts'
import type { EventLife } from '../event-life.ts'
import type { ShownRow } from '../event-rows.ts'
import { outcomesOf, type Overview } from '../overview.ts'

/** What the control API answers: times in ISO 8601, and never a secret. */

export function statusShape(overview: Overview): object {
  const { connection, storeName, source, destination, state, fault, live } = overview
  const reason = fault?.reason ?? live.reason
  return {
    ...connectionShape(connection),
    store: storeName,
    source: source?.name,
    browserKey: source?.browserKey,
    browserMay: source?.browserMay,
    account: destination?.accountName ?? destination?.accountId,
    state,
    activity: live.state,
    reason,
    ...(reason !== undefined && isReason(reason) ? wordsOf(reason) : {}),
    detail: fault?.detail,
    nextAt: isoOf(live.nextAt),
    totals: overview.totals,
    toSend: overview.toSend,
    oldestAt: isoOf(overview.oldestAt),
    perMinute: live.perMinute,
    cannotConfirm: live.cannotConfirm,
    lastSuccessAt: isoOf(overview.lastSuccessAt),
    lastError:
      overview.lastError === undefined
        ? undefined
        : { ...overview.lastError, at: isoOf(overview.lastError.at) },
    failedDeleted:
      overview.failedDeleted === undefined
        ? undefined
        : {
            afterMs: overview.failedDeleted.keepMs,
            from: isoOf(overview.failedDeleted.startsAt),
          },
    counts: overview.counts,
    outcomes: outcomesOf(overview.counts),
    lanes: Object.fromEntries(
      lanes.map((lane) => {
        const { seq, head, waiting, exceptions } = overview.standings[lane]
        return [lane, { seq, head, waiting, exceptions }]
      }),
    ),
  }
}

function connectionShape({ id, workspaceId, version, since, endedAt }: Connection): object {
  return { id, workspaceId, version, since: isoOf(since), until: isoOf(endedAt) }
}

export function settingsShape({ settings, ...connection }: Connection): object {
  const shown: Settings = settings
  return {
    ...connectionShape({ settings, ...connection }),
    state: connection.state,
    settings: shown,
  }
}

export function eventShape({ former, ...given }: ShownRow): object {
  const { occurredAt, receivedAt, reason, nextAt, formerId: _, ...row } = given
  return {
    ...row,
    former: former && { connectionId: former.id, until: isoOf(former.endedAt) },
    occurredAt: isoOf(occurredAt),
    receivedAt: isoOf(receivedAt),
    reason,
    ...(reason === undefined ? {} : wordsOf(reason)),
    nextAt: isoOf(nextAt),
  }
}

export function lifeShape({ connection, story, event, explanation, report }: EventLife): object {
  const { body: _, attempts, exception, identifiers, ...row } = story
  return {
    ...eventShape(row),
    connectionId: connection.id,
    identifiers,
    event,
    klaviyoIdentify: report,
    attempts: attempts.map((attempt) => attemptShape(attempt, story.seq)),
    exception:
      exception === undefined
        ? undefined
        : {
            state: exception.state,
            reason: exception.reason,
            tries: exception.failures,
            detail: exception.detail,
            dueAt: isoOf(exception.dueAt),
            firstAt: isoOf(exception.firstAt),
            lastAt: isoOf(exception.lastAt),
          },
    explanation: {
      outcome: explanation.outcome,
      reason: explanation.reason,
      lines: explanation.lines,
      notes: explanation.notes,
      actions: explanation.actions,
    },
  }
}

export function refusedShape({ at, reason, ...refused }: Refused): object {
  return { ...refused, at: isoOf(at), reason, ...wordsOf(reason) }
}

/** As the event sees it: the notes are its own. */
function attemptShape(attempt: Attempt, seq: number): object {
  const { at, seqs: _, notes, ...exchange } = attempt
  const own = notes?.filter((one) => one.seq === seq)
  return {
    ...exchange,
    at: isoOf(at),
    notes: own?.map(({ note }) => ({ reason: note, ...wordsOf(note) })),
  }
}

function wordsOf(reason: keyof typeof reasons): object {
  const { sentence, todo } = reasons[reason]
  return { sentence, todo }
}

function isReason(text: string): text is keyof typeof reasons {
  return Object.hasOwn(reasons, text)
}

/** Dates that no calendar holds are left out. */
export function isoOf(at: number | undefined): string | undefined {
  if (at === undefined || Math.abs(at) > 8.64e15) return undefined
  return new Date(at).toISOString()
}
