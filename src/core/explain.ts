import type { Action } from './action.ts'
import type { Connection } from './connection.ts'
import type { Journaled } from './event.ts'
import type { Plan } from './mapper.ts'
import { mapperOf } from './mapping/route.ts'
import { type Reception, readEvent } from './read-event.ts'
import { type ReasonCode, reasons } from './reason.ts'

/** What a source event would become, without anything being sent or kept. */
export interface Explanation {
  readonly outcome: 'send' | 'wait' | 'not sent' | 'refused'
  /** Why it is not sent, or only later. */
  readonly reason?: ReasonCode
  /** The name of the rule that removed it. */
  readonly rule?: string
  /** For people, in order. */
  readonly lines: readonly string[]
  /** What Klaviyo would be asked. */
  readonly actions: readonly Action[]
  readonly notes: readonly ReasonCode[]
  /** The event as it was read; undefined when it was refused. */
  readonly event?: Journaled
}

/**
 * The dry run (M29): what would be sent for an event, and why it would not be. `known`: what is
 * remembered of the person (an earlier identify), as the journal would add it.
 */
export function explainEvent(
  raw: unknown,
  connection: Connection,
  given: Reception & {
    readonly scopes?: ReadonlySet<string>
    readonly known?: Journaled['identifiers']
  },
): Explanation {
  const reading = readEvent(raw, given)
  if (reading.type === 'refused') {
    return {
      outcome: 'refused',
      reason: reading.reason,
      lines: saying(reading.reason),
      actions: [],
      notes: [],
    }
  }
  const event: Journaled = {
    workspaceId: connection.workspaceId,
    sourceId: connection.sourceId,
    lane: 'live',
    seq: 1,
    messageId: reading.event.messageId,
    name: reading.name,
    event: reading.event,
    bodyBytes: reading.body.length,
    identifiers: { ...given.known, ...reading.identifiers },
    occurredAt: reading.occurredAt,
    receivedAt: given.receivedAt,
  }
  const plan = mapperOf(connection, given.kit, given.scopes).plan(event)
  return explainPlan(plan, event)
}

/** The same for an event that is in the journal already. */
export function explainPlan(plan: Plan, event: Journaled): Explanation {
  if (plan.type === 'end') {
    const [sentence, todo] = saying(plan.reason)
    const rule = plan.reason === 'rule_dropped' ? plan.detail : undefined
    const first = rule === undefined ? sentence : `Your rule "${rule}" removed it.`
    return {
      outcome: reasons[plan.reason].outcome === 'waiting' ? 'wait' : 'not sent',
      reason: plan.reason,
      ...(rule === undefined ? {} : { rule }),
      lines: [...changedBy(plan), first, todo],
      actions: [],
      notes: [],
      event,
    }
  }
  return {
    outcome: 'send',
    lines: [
      ...changedBy(plan),
      ...plan.actions.map(sentenceOf),
      ...plan.notes.map((note) => `Note: ${reasons[note].sentence}`),
    ],
    actions: plan.actions,
    notes: plan.notes,
    event,
  }
}

function changedBy({ by = [] }: Plan): readonly string[] {
  return by.map((name) => `Your rule "${name}" changed it.`)
}

function saying(reason: ReasonCode): readonly [string, string] {
  return [reasons[reason].sentence, reasons[reason].todo]
}

function sentenceOf(action: Action): string {
  switch (action.type) {
    case 'event': {
      const worth =
        action.value === undefined
          ? ''
          : `, worth ${action.value}${action.currency === undefined ? '' : ` ${action.currency}`}`
      return `The event "${action.metric}"${worth}, with the unique id ${action.uniqueId}.`
    }
    case 'profile':
      return 'The profile, made or brought up to date.'
    case 'subscribe':
      return `A subscription to ${action.channels.join(' and ')}${listOf(action.listId)}.`
    case 'unsubscribe':
      return `The end of the subscription to ${action.channels.join(' and ')}${listOf(action.listId)}.`
    default:
      return action satisfies never
  }
}

function listOf(listId: string | undefined): string {
  return listId === undefined ? '' : `, by the list ${listId}`
}
