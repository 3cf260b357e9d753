import type { Exception, Journal, Log } from '../core/index.ts'
import { reasons } from '../core/index.ts'

/**
 * The journal, with a line in the log for what leaves the normal way: one for each state and reason of a
 * settlement, with the connection that it concerns (W30). Never who or what the events are about.
 */
export function telling(journal: Journal, log: Log): Journal {
  return {
    ...journal,
    async settle(settlement) {
      const settled = await journal.settle(settlement)
      if (settled) tell(log, settlement.exceptions ?? [])
      return settled
    },
  }
}

function tell(log: Log, exceptions: readonly Exception[]): void {
  const alike = new Map<string, [Exception, ...Exception[]]>()
  for (const exception of exceptions) {
    const key = `${exception.state} ${exception.reason}`
    const list = alike.get(key)
    if (list === undefined) alike.set(key, [exception])
    else list.push(exception)
  }
  for (const list of alike.values()) {
    const [{ connectionId, lane, state, reason, seq, dueAt }] = list
    const fields = { connection: connectionId, lane, reason, count: list.length, firstSeq: seq }
    if (state === 'kept') log.warn({ ...fields, outcome: reasons[reason].outcome }, keptMessage)
    else log.warn({ ...fields, dueAt: new Date(dueAt).toISOString() }, againMessage)
  }
}

const keptMessage = 'Events did not go through; they are kept as dead letters and can be replayed'
const againMessage = 'Events left the normal way; they are tried again'
