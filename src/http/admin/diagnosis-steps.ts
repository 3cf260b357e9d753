import type { Static } from 'typebox'
import type * as api from '../../api/index.ts'
import {
  type Connection,
  type EventRow,
  isOff,
  type Live,
  type ReasonCode,
  reasons,
  type Refused,
} from '../../core/index.ts'
import type { ShownRow } from '../event-rows.ts'
import { isReason } from '../query.ts'
import { isoOf } from './iso.ts'
import { isKnownMetric, metricOf } from './metric-names.ts'

/** Each thing that has to be so for an event to be in Klaviyo: what was found of it, in words. */
export type Step = Static<typeof api.diagnose.answer & {}>['steps'][number]

const numbers = new Intl.NumberFormat('en-US')

function some(events: number): string {
  return events === 1 ? '1 event' : `${numbers.format(events)} events`
}

export function flagStep(isOn: boolean, connection: Connection): Step {
  if (!isOn) {
    return {
      step: 'flag',
      result: 'failed',
      says: 'Klaviyo is switched off for the whole workspace.',
      todo: 'Switch the workspace’s flag klaviyo on.',
    }
  }
  return isOff(connection) && connection.state !== 'disconnected'
    ? {
        step: 'flag',
        result: 'failed',
        says: 'The connection is switched off.',
        todo: 'Set Is Enabled to Yes. What ended meanwhile can be sent again.',
      }
    : { step: 'flag', result: 'ok', says: 'The integration is switched on.' }
}

export function connectedStep(
  { state, since, endedAt }: Connection,
  error: string | undefined,
  account: string | undefined,
): Step {
  const name = account === undefined ? '' : ` to ${account}`
  if (state === 'disconnected') {
    return {
      step: 'connected',
      result: 'failed',
      says: 'Klaviyo is disconnected.',
      todo: 'Connect it again: what comes from then on is sent.',
      ...(endedAt === undefined ? {} : { at: isoOf(endedAt) }),
    }
  }
  if (error !== undefined) {
    const known = isReason(error) ? reasons[error] : undefined
    return {
      step: 'connected',
      result: 'failed',
      says: known?.sentence ?? 'Klaviyo does not take what is sent.',
      todo: known?.todo ?? 'Connect the account again.',
    }
  }
  if (state === 'paused') {
    const { sentence, todo } = reasons.paused
    return { step: 'connected', result: 'failed', says: sentence, todo }
  }
  return { step: 'connected', result: 'ok', says: `Klaviyo is connected${name}.`, at: isoOf(since) }
}

export interface Consumer {
  /** What this node does for the connection; undefined: another node delivers, or none. */
  readonly live: Live | undefined
  /** So many nodes deliver. */
  readonly delivering: number
  /** Events that wait for their turn; and those that wait until their shopper is known. */
  readonly toSend: number
  readonly forShopper: number
}

export function consumerStep(
  { settings }: Connection,
  { live, delivering, toSend, forShopper }: Consumer,
): Step {
  if (live === undefined && delivering > 0)
    return { step: 'consumer', result: 'ok', says: 'Another node delivers for this connection.' }
  if (live === undefined) {
    return {
      step: 'consumer',
      result: 'failed',
      says: 'No node delivers: the consumer of this connection is not running.',
      todo: 'Start a node with the role delivery.',
    }
  }
  const { state, reason, nextAt } = live
  const guests = forShopper === 0 ? '' : ` ${waits(forShopper)} until the shopper is known.`
  const rest =
    (toSend === 0 ? 'Nothing waits to be sent.' : `${waits(toSend)} to be sent.`) + guests
  if (reason === undefined) {
    const says = `Events of this connection are being sent: its consumer runs. ${rest}`
    return { step: 'consumer', result: 'ok', says }
  }
  const next = nextAt === undefined ? {} : { at: isoOf(nextAt) }
  if (reason === 'own_cap') {
    const { requestsPerSecond = 0 } = settings
    return {
      step: 'consumer',
      result: 'warning',
      says: `The connection’s own cap of ${requestsPerSecond} requests a second holds events back. ${rest}`,
      todo: reasons.own_cap.todo,
      ...next,
    }
  }
  const { sentence, todo } = reasons[reason]
  const says = `${sentence} ${rest}`
  return { step: 'consumer', result: state === 'held' ? 'failed' : 'warning', says, todo, ...next }
}

function waits(events: number): string {
  return `${some(events)} ${events === 1 ? 'waits' : 'wait'}`
}

export function switchStep(connection: Connection, metric: string | undefined): Step {
  const { switches } = connection.settings
  if (metric === undefined)
    return { step: 'switch', result: 'unknown', says: 'No metric was named.' }
  const name = metricOf(metric)
  if (switches[name] === false) {
    return {
      step: 'switch',
      result: 'failed',
      says: `${name} is switched off for the connection.`,
      todo: reasons.event_disabled.todo,
    }
  }
  return isKnownMetric(name, connection)
    ? { step: 'switch', result: 'ok', says: `${name} is switched on.` }
    : {
        step: 'switch',
        result: 'unknown',
        says: `"${name}" is no event that Tillpost knows: it would go under its own name.`,
      }
}

/** What was looked for, and what there is instead. */
export interface Search {
  readonly found: readonly ShownRow[]
  readonly who?: string
  readonly metric?: string
  /** `metric` is the number of an order that came, though not of `who` where nothing was found. */
  readonly order?: string | undefined
  /** Anything has ever come from the source. */
  readonly hasAny: boolean
  readonly isSourceOn: boolean
  /** The newest of that name, whoever it is of and whenever it came; undefined: none ever came. */
  readonly named: EventRow | undefined
  /** Names that did come, and are like the one asked for. */
  readonly near: readonly string[]
  /** What came last and was no event. */
  readonly refused: Refused | undefined
}

export function receivedStep(search: Search): Step {
  const { found, order, hasAny, isSourceOn, who, metric, named, near, refused } = search
  const [newest] = found
  if (newest !== undefined) {
    const says =
      order !== undefined
        ? `The order ${order} came.`
        : found.length === 1
          ? 'One such event came.'
          : 'Such events came.'
    return { step: 'received', result: 'ok', says, at: isoOf(newest.receivedAt) }
  }
  const failed = { step: 'received', result: 'failed' } as const
  if (!isSourceOn) {
    return {
      ...failed,
      says: 'The source is switched off, so nothing of it is taken.',
      todo: 'Switch the source on.',
    }
  }
  if (!hasAny) {
    return {
      ...failed,
      says: `No event of any kind has come from this store yet.${refusedToo(refused)}`,
      todo: 'Check that the snippet or the SDK is installed with the right write key, then click through the shop.',
    }
  }
  if (order !== undefined) {
    return {
      ...failed,
      says: `The order ${order} came, but not of this shopper.`,
      todo: 'Ask for the order alone, and see whose it is.',
    }
  }
  // No event is called by a number: an order was meant.
  if (metric !== undefined && named === undefined && near.length === 0 && /\d/u.test(metric)) {
    return {
      ...failed,
      says: `No event "${metric}" and no order of this number has ever come from this store.${refusedToo(refused)}`,
      todo: 'Check the number, and look into the shop’s log whether it told the order.',
    }
  }
  if (metric !== undefined && named === undefined) {
    return {
      ...failed,
      says: `No event "${metric}" has ever come from this store.${refusedToo(refused)}`,
      todo:
        near.length === 0
          ? 'Look under Events for the names that the shop uses, and check that it tells this one.'
          : `Did you mean ${listOf(near)}? ${near.length === 1 ? 'That has' : 'Those have'} come.`,
    }
  }
  const of = `${metric === undefined ? '' : ` "${metric}"`}${who === undefined ? '' : ' of this shopper'}`
  return {
    ...failed,
    says: `No event${of} has come in that time, though others have.`,
    todo: 'Check that the shop tells it, and under which name; and that the shopper was known by this address then.',
    ...(named === undefined ? {} : { at: isoOf(named.receivedAt) }),
  }
}

/** M26: a store whose calls are all refused looks silent. */
function refusedToo(refused: Refused | undefined): string {
  return refused === undefined
    ? ''
    : ` What came last was refused at the door: ${reasons[refused.reason].sentence}`
}

function listOf(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`)
  const last = quoted.pop()
  return quoted.length === 0 ? String(last) : `${quoted.join(', ')} or ${last}`
}

const nameless: ReadonlySet<ReasonCode> = new Set([
  'no_identifier',
  'anonymous_waiting',
  'invalid_email',
  'invalid_phone',
])

export function personStep([newest]: readonly EventRow[]): Step {
  if (newest === undefined)
    return { step: 'person', result: 'unknown', says: 'There is no event to look at.' }
  if (newest.reason !== undefined && nameless.has(newest.reason)) {
    const { sentence, todo } = reasons[newest.reason]
    return { step: 'person', result: 'failed', says: sentence, todo }
  }
  return newest.person?.startsWith('email:') === true
    ? { step: 'person', result: 'ok', says: 'The shopper’s email address is known.' }
    : { step: 'person', result: 'ok', says: 'The shopper is known, without an email address.' }
}

/** @param consumer why nothing goes out at this moment, if that is so */
export function outcomeStep([newest]: readonly ShownRow[], consumer: Step): Step {
  if (newest === undefined)
    return { step: 'outcome', result: 'unknown', says: 'There is no event to look at.' }
  const { outcome, reason, nextAt, former } = newest
  const words = reason === undefined ? undefined : reasons[reason]
  if (outcome === 'accepted' || outcome === 'confirmed') {
    return {
      step: 'outcome',
      result: 'ok',
      says: words?.sentence ?? 'Klaviyo accepted it.',
      todo: 'In Klaviyo, look at the profile’s activity. Klaviyo shows it within a minute or two.',
    }
  }
  const isOver = outcome === 'dropped' || outcome === 'dead' || outcome === 'held'
  // The consumer knows the cap, and how many wait.
  const says = reason === 'own_cap' ? consumer.says : words?.sentence
  return {
    step: 'outcome',
    result: isOver ? 'failed' : 'warning',
    says: says ?? 'It waits for its turn.',
    // Nothing is put right at a connection that has ended.
    ...(former === undefined ? { todo: words?.todo ?? 'Nothing: it is sent by itself.' } : {}),
    ...(nextAt === undefined ? {} : { at: isoOf(nextAt) }),
  }
}
