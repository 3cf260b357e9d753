import type { Channel, SubscribeAction, UnsubscribeAction } from '../core/index.ts'
import { textJsonOf } from './json.ts'
import { entryOf, type Repairs, type RequestBody } from './request.ts'
import type { Repair } from './profile.ts'

/**
 * POST /api/profile-subscription-bulk-create-jobs. With a list, its opt-in process decides whether the
 * people are on it at once (R11) or after they confirm (R10): nothing here goes around it.
 */
export function subscribeBody(actions: readonly SubscribeAction[], repairs: Repairs): RequestBody {
  const source = actions[0]?.source
  return jobBody('profile-subscription-bulk-create-job', {
    listId: actions[0]?.listId,
    before: source === undefined ? '' : `"custom_source":${textJsonOf(source)},`,
    profiles: actions.map((action, index) => personText(action, 'SUBSCRIBED', repairs.get(index))),
  })
}

/** POST /api/profile-subscription-bulk-delete-jobs */
export function unsubscribeBody(
  actions: readonly UnsubscribeAction[],
  repairs: Repairs,
): RequestBody {
  return jobBody('profile-subscription-bulk-delete-job', {
    listId: actions[0]?.listId,
    before: '',
    profiles: actions.map((action, index) =>
      personText(action, 'UNSUBSCRIBED', repairs.get(index)),
    ),
  })
}

type Consent = SubscribeAction | UnsubscribeAction

/** The channels of an action that its identifiers can serve: email needs an address, SMS a number. */
export function channelsOf(action: Consent, repair?: Repair): readonly Channel[] {
  const { email, phone } = action.profile.identifiers
  return action.channels.filter((channel) =>
    channel === 'email' ? email !== undefined : phone !== undefined && !repair?.withoutPhone,
  )
}

/** One request names one list and one source. */
export function sharesRequest(action: Consent, first: Consent): boolean {
  return (
    action.type === first.type &&
    action.listId === first.listId &&
    sourceOf(action) === sourceOf(first)
  )
}

export function consentBytes(action: Consent): number {
  return 40 + Buffer.byteLength(personText(action, 'UNSUBSCRIBED', undefined))
}

function sourceOf(action: Consent): string | undefined {
  return action.type === 'subscribe' ? action.source : undefined
}

function personText(
  action: Consent,
  consent: 'SUBSCRIBED' | 'UNSUBSCRIBED',
  repair: Repair | undefined,
): string {
  const { email, phone } = action.profile.identifiers
  const channels = channelsOf(action, repair)
  const members: string[] = []
  if (email !== undefined) members.push(`"email":${textJsonOf(email)}`)
  // A number that the account's region does not allow fails the whole request: only SMS is worth that.
  if (phone !== undefined && channels.includes('sms')) {
    members.push(`"phone_number":${textJsonOf(phone)}`)
  }
  const subscriptions = channels.map(
    (channel) => `"${channel}":{"marketing":{"consent":"${consent}"}}`,
  )
  members.push(`"subscriptions":{${subscriptions.join(',')}}`)
  return `{"type":"profile","attributes":{${members.join(',')}}}`
}

function jobBody(
  type: string,
  job: {
    readonly listId: string | undefined
    readonly before: string
    readonly profiles: readonly string[]
  },
): RequestBody {
  const list =
    job.listId === undefined
      ? ''
      : `,"relationships":{"list":{"data":{"type":"list","id":${textJsonOf(job.listId)}}}}`
  return {
    text: `{"data":{"type":"${type}","attributes":{${job.before}"profiles":{"data":[${job.profiles.join(',')}]}}${list}}}`,
    actionsAt: (pointer) => {
      const entry = entryOf(pointer, '/data/attributes/profiles/data/')
      return entry === undefined || entry >= job.profiles.length ? [] : [entry]
    },
  }
}
