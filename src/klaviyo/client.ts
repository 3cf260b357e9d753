import type {
  Action,
  Answer,
  Clock,
  Destination,
  Exchange,
  Identifiers,
  Log,
  SendOptions,
  SendResult,
  Way,
  WayLimits,
} from '../core/index.ts'
import { answerOf } from './answer.ts'
import { type Auth, authorizationOf, call, type Reply, type Server } from './call.ts'
import { detailOf, errorsOf } from './errors.ts'
import { eventBody, eventBytes, eventsBody } from './events.ts'
import { operations } from './generated/tables.ts'
import { type Governor, type Governors, operationOfWay } from './governor.ts'
import { textOf } from './json.ts'
import { isNamed } from './profile.ts'
import { profileBody, profileBytes, profilesBody } from './profiles.ts'
import { notesOf, repairsFor } from './repair.ts'
import type { Repairs, RequestBody } from './request.ts'
import { seeker } from './seek.ts'
import {
  channelsOf,
  consentBytes,
  sharesRequest,
  subscribeBody,
  unsubscribeBody,
} from './subscriptions.ts'

export interface KlaviyoOptions extends Server {
  readonly auth: Auth
  /** Klaviyo's public id of the account, or what stands for it: decides whose limits are shared. */
  readonly accountId: string
  readonly governors: Governors
  /** What the credentials were asked for; undefined: not known, everything is tried. */
  readonly scopes?: ReadonlySet<string>
  readonly log?: Log
}

const klaviyoMaxBytes = 5_000_000
/** What is left open is for the frame around the actions. */
const maxBytes = klaviyoMaxBytes - 100_000

const limits: Readonly<Record<Way, WayLimits>> = {
  event: { maxActions: 1, maxBytes },
  events: { maxActions: 1_000, maxBytes },
  profile: { maxActions: 1, maxBytes },
  profiles: { maxActions: 10_000, maxBytes },
  subscribe: { maxActions: 1_000, maxBytes },
  unsubscribe: { maxActions: 100, maxBytes },
}

/** So often a request is repaired and sent again before the engine takes it apart. */
const maxRepairs = 5

/** A Klaviyo account, reached with one set of credentials. */
export function openKlaviyo(options: KlaviyoOptions): Destination {
  const { auth, accountId, governors, scopes } = options
  const authClass = auth.type === 'key' ? 'key' : 'app'
  const governor = governors.of(accountId, authClass)
  return {
    limits,
    sizeOf: (_way, action) => sizeOf(action),
    waitMs: (way) => governor.waitMs(way),
    headroom: (way) => governor.headroom(way),
    async send(way, actions, sendOptions) {
      try {
        return await send(options, governor, way, actions, sendOptions)
      } catch (error) {
        // A bug, not Klaviyo's answer: the actions concerned are found by bisecting and kept.
        options.log?.error(
          { account: accountId, way, error: error instanceof Error ? error.name : 'unknown' },
          'A request could not be written.',
        )
        return failed({ type: 'rejected', reason: 'invalid_payload' }, 'It could not be written.')
      }
    },
    find: seeker(options),
    budget: () => governors.snapshot(accountId),
    resume: (budget, ageMs = 0, orphaned = false) =>
      governors.resume(accountId, authClass, budget, { ageMs, orphaned }),
    ...(scopes ? { scopes } : {}),
  }
}

async function send(
  options: KlaviyoOptions,
  governor: Governor,
  way: Way,
  actions: readonly Action[],
  { timeoutMs }: SendOptions,
): Promise<SendResult> {
  const { auth, clock, log, accountId } = options
  const deadline = clock.monotonic() + timeoutMs
  const refusal = refusalOf(way, actions, accountId)
  if (refusal) return failed(refusal)
  let repairs: Repairs = new Map()
  let body = bodyOf(way, actions, repairs)
  let bytes = Buffer.from(body.text)
  if (bytes.length > klaviyoMaxBytes) return failed({ type: 'too_large' })
  if (governor.waitMs(way) > 0) return failed(notNow(governor, way))
  governor.take(way)

  const exchanges: Exchange[] = []
  let refused: string | undefined
  for (let round = 0; ; round += 1) {
    const authorization = await credentials(auth, refused)
    if (typeof authorization !== 'string') {
      governor.answered(way)
      return { ...failed(authorization), exchanges }
    }
    const { path } = operations[operationOfWay[way]]
    const reply = await call(options, authorization, {
      method: 'POST',
      path,
      body: bytes,
      timeoutMs: Math.max(1, deadline - clock.monotonic()),
    }).finally(() => governor.answered(way))
    exchanges.push(exchangeOf(reply, path, body, actions.length))

    const errors = errorsOf(reply)
    const sent = { way, actions, body, scopes: options.scopes }
    if (reply.status === 401 && auth.type === 'token' && refused === undefined) {
      refused = authorization
    } else {
      const more =
        (reply.status === 400 || reply.status === 409) && round < maxRepairs
          ? repairsFor(errors, sent, repairs)
          : undefined
      if (!more) {
        const answer = answerOf(reply, errors, sent)
        if (answer.type === 'throttled') governor.close(way, answer.afterMs)
        if (answer.type === 'accepted') {
          return { answer, exchanges, notes: notesOf(repairs, actions) }
        }
        log?.warn(
          { account: accountId, way, status: reply.status, answer: answer.type },
          'Klaviyo did not take a request.',
        )
        return { answer, exchanges, notes: [], detail: detailOf(reply, errors, actions) }
      }
      repairs = more
      body = bodyOf(way, actions, repairs)
      bytes = Buffer.from(body.text)
    }
    if (!(await permit(governor, way, clock, deadline))) {
      return { answer: notNow(governor, way), exchanges, notes: [] }
    }
  }
}

function sizeOf(action: Action): number {
  switch (action.type) {
    case 'event':
      return eventBytes(action)
    case 'profile':
      return profileBytes(action)
    case 'subscribe':
    case 'unsubscribe':
      return consentBytes(action)
  }
}

/** Whether the action may go this way, in one request with `first`. */
function fits(way: Way, action: Action, first: Action | undefined): boolean {
  if (action.type === 'event') return way === 'event' || way === 'events'
  if (action.type === 'profile') return way === 'profile' || way === 'profiles'
  return way === action.type && first?.type === action.type && sharesRequest(action, first)
}

/** What needs no question to Klaviyo. */
function refusalOf(way: Way, actions: readonly Action[], accountId: string): Answer | undefined {
  const [first] = actions
  for (const [index, action] of actions.entries()) {
    // Which of them does not belong is the caller's to know: bisecting parts them.
    if (!fits(way, action, first)) return { type: 'rejected', reason: 'invalid_payload' }
    if (action.type === 'subscribe' || action.type === 'unsubscribe') {
      if (channelsOf(action).length === 0) {
        const reason = action.channels.includes('email') ? 'invalid_email' : 'invalid_phone'
        return { type: 'rejected', reason, index }
      }
    } else {
      if (!isNamed(action.profile.identifiers, action.type)) {
        return { type: 'rejected', reason: 'no_identifier', index }
      }
      if (isOfOtherAccount(action.profile.identifiers, accountId)) {
        return { type: 'rejected', reason: 'no_identifier', index }
      }
      if (action.type === 'event' && Number.isNaN(new Date(action.time).getTime())) {
        return { type: 'rejected', reason: 'time_out_of_range', index }
      }
    }
  }
  return undefined
}

/** A link that another account of Klaviyo's sent names nobody in this one. */
function isOfOtherAccount({ exchangeId }: Identifiers, accountId: string): boolean {
  if (exchangeId === undefined || accountId.startsWith('key:')) return false
  return exchangeId.slice(exchangeId.lastIndexOf('.') + 1) !== accountId
}

function bodyOf(way: Way, actions: readonly Action[], repairs: Repairs): RequestBody {
  switch (way) {
    case 'event':
      return eventBody(only(actions, 'event')[0]!, repairs.get(0))
    case 'events':
      return eventsBody(only(actions, 'event'), repairs)
    case 'profile':
      return profileBody(only(actions, 'profile')[0]!, repairs.get(0))
    case 'profiles':
      return profilesBody(only(actions, 'profile'), repairs)
    case 'subscribe':
      return subscribeBody(only(actions, 'subscribe'), repairs)
    case 'unsubscribe':
      return unsubscribeBody(only(actions, 'unsubscribe'), repairs)
  }
}

/** The actions as what `fits` found them to be. */
function only<Type extends Action['type']>(
  actions: readonly Action[],
  _type: Type,
): readonly Extract<Action, { type: Type }>[] {
  return actions as readonly Extract<Action, { type: Type }>[]
}

async function credentials(auth: Auth, refused: string | undefined): Promise<string | Answer> {
  try {
    return await authorizationOf(auth, refused)
  } catch (error) {
    return textOf(error, 'code') === 'invalid_grant'
      ? { type: 'refused', reason: 'app_uninstalled' }
      : { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: false }
  }
}

/** Waits for the permit of a request that is sent once more. False: there is no time left for it. */
async function permit(
  governor: Governor,
  way: Way,
  clock: Clock,
  deadline: number,
): Promise<boolean> {
  for (;;) {
    const waitMs = governor.waitMs(way)
    if (clock.monotonic() + waitMs >= deadline) return false
    if (waitMs === 0) break
    await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
  }
  governor.take(way)
  return true
}

function notNow(governor: Governor, way: Way): Answer {
  return { type: 'throttled', afterMs: Math.max(100, governor.waitMs(way)) }
}

function failed(answer: Answer, detail?: string): SendResult {
  return { answer, exchanges: [], notes: [], ...(detail === undefined ? {} : { detail }) }
}

function exchangeOf(reply: Reply, path: string, body: RequestBody, actions: number): Exchange {
  return {
    at: reply.at,
    durationMs: reply.durationMs,
    method: 'POST',
    path,
    status: reply.status,
    actions,
    request: excerpt(body.text),
    response: excerpt(reply.text),
    ...(reply.error === undefined ? {} : { error: reply.error }),
  }
}

/** The first 4 KB, as a text of its own: a slice would keep the whole body in memory. */
function excerpt(text: string): string {
  if (text.length <= 1_024) return text
  const bytes = Buffer.from(text.slice(0, 4_096))
  return bytes
    .subarray(0, 4_096)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
}
