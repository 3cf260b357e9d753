import type {
  Action,
  Answer,
  Destination,
  Exchange,
  SendResult,
  Way,
} from '../../src/core/index.ts'
import type { Chance } from './chance.ts'
import type { Faults } from './faults.ts'
import type { Node } from './node.ts'
import type { Schedule } from './schedule.ts'

/** What came of an event at Klaviyo: the first time that it counted. */
export interface Effect {
  readonly place: number
  readonly at: number
  readonly message: string
  readonly metric: string
  readonly uniqueId: string
  readonly way: Way
}

/** A Klaviyo account in memory: what it holds, what it refuses, and what goes wrong on the way there and back. */
export class ModelKlaviyo {
  readonly #schedule: Schedule
  readonly #chance: Chance
  readonly #faults: Faults
  readonly #poison: ReadonlyMap<string, 'reject' | 'fail'>
  readonly #fault: (text: string) => void
  readonly #trace: (text: () => string) => void
  readonly accountId: string
  /** The key that it takes. */
  key: string
  /** Ways that the key may not use. */
  readonly forbidden = new Set<Way>()
  requests = 0
  readonly effects = new Map<string, Effect>()
  /** Messages that it called invalid. */
  readonly rejected = new Set<string>()
  /** How many requests with the message in it failed although waiting might have helped. */
  readonly failed = new Map<string, number>()
  /** Which message last said something of each person's profile. */
  readonly profiles = new Map<string, string>()
  /** People of whom a request arrived that nobody waited for any more: it may have overwritten what is newer. */
  readonly overwritten = new Set<string>()
  /** Email addresses that gave consent. */
  readonly joined = new Set<string>()

  constructor(world: {
    readonly accountId: string
    readonly key: string
    readonly schedule: Schedule
    readonly chance: Chance
    readonly faults: Faults
    readonly poison: ReadonlyMap<string, 'reject' | 'fail'>
    readonly fault: (text: string) => void
    readonly trace: (text: () => string) => void
  }) {
    this.accountId = world.accountId
    this.key = world.key
    this.#schedule = world.schedule
    this.#chance = world.chance
    this.#faults = world.faults
    this.#poison = world.poison
    this.#fault = world.fault
    this.#trace = world.trace
  }

  /** The account as one node reaches it. */
  reachedBy(node: Node, key: string, { leaseEnds, isAnnounced }: Rights): Destination {
    const closedUntil = new Map<Way, number>()
    const waitMs = (way: Way) => Math.max(0, (closedUntil.get(way) ?? 0) - node.monotonic())
    const { maxActions, headroom, paceMs, withoutProfiles } = this.#faults
    return {
      ...(withoutProfiles ? { scopes: narrow } : {}),
      limits: {
        event: { maxActions: 1, maxBytes: 1e6 },
        events: { maxActions, maxBytes: 1e6 },
        profile: { maxActions: 1, maxBytes: 1e6 },
        profiles: { maxActions: maxActions * 2, maxBytes: 1e6 },
        subscribe: { maxActions, maxBytes: 1e6 },
        unsubscribe: { maxActions, maxBytes: 1e6 },
      },
      sizeOf: () => 500,
      waitMs,
      headroom: () => headroom,
      find: async () => ({ type: 'unknown' }),
      budget: () => JSON.stringify(Object.fromEntries(closedUntil)),
      resume: () => {},
      send: (way, actions, { timeoutMs }) => {
        if (waitMs(way) > 0) this.#fault(`${node.id} sends ${way} while the way is closed.`)
        if (this.#schedule.now + timeoutMs > leaseEnds())
          this.#fault(`${node.id} sends ${way} although its lease may end before the answer.`)
        const unheard = actions.filter((action) => !isAnnounced(messageOf(action) ?? ''))
        if (way === 'events' && unheard.length > 0)
          this.#fault(`${node.id} sends what it did not announce: ${unheard.map(nameOf).join(' ')}`)
        if (withoutProfiles && way !== 'event' && way !== 'events')
          this.#fault(`${node.id} sends ${way}, which its credentials were not asked for.`)
        closedUntil.set(way, node.monotonic() + (way === 'events' ? paceMs : paceMs / 10))
        return this.#carry(node, { way, actions, timeoutMs, key }).then((result) => {
          const { answer } = result
          if (answer.type === 'throttled') closedUntil.set(way, node.monotonic() + answer.afterMs)
          return result
        })
      },
    }
  }

  #carry(node: Node, sent: Sent): Promise<SendResult> {
    const { way, actions, timeoutMs } = sent
    this.requests += 1
    const number = this.requests
    const at = node.now()
    const sentAt = this.#schedule.now
    const thereMs = this.#faults.networkMs(timeoutMs)
    const backMs = this.#faults.networkMs(timeoutMs)
    const fate = this.#faults.fateOf(way)
    const names = actions.map((action) => nameOf(action))
    this.#trace(() => `${node.id} sends ${this.accountId}/${number} ${way} [${names.join(' ')}]`)
    return new Promise((resolve) => {
      let over = false
      const answered = (answer: Answer, status: number, error?: string, detail?: string) => {
        if (over) return
        over = true
        if (answer.type === 'retry') {
          for (const action of actions) {
            const message = messageOf(action)
            if (message !== undefined) this.failed.set(message, (this.failed.get(message) ?? 0) + 1)
          }
        }
        this.#trace(
          () =>
            `${node.id} hears ${this.accountId}/${number} ${JSON.stringify(answer)} ${error ?? status}`,
        )
        const exchange: Exchange = {
          at,
          durationMs: node.now() - at,
          method: 'POST',
          path: `/${way}`,
          status,
          actions: actions.length,
          request: '',
          response: '',
          ...(error === undefined ? {} : { error }),
        }
        resolve({
          answer,
          exchanges: [exchange],
          notes: [],
          ...(detail === undefined ? {} : { detail }),
        })
      }
      node.after(timeoutMs, () => answered(noAnswer(true), 0, 'timeout'))
      this.#schedule.after(thereMs, () => {
        if (fate === 'unreachable') {
          node.after(0, () => answered(noAnswer(false), 0, 'ECONNREFUSED'))
          return
        }
        if (fate === 'lost-before') {
          node.after(backMs, () => answered(noAnswer(true), 0, 'ECONNRESET'))
          return
        }
        const givenUp = this.#schedule.now - sentAt > timeoutMs || node.dead
        const [answer, status] = this.#answer(sent, fate, number, givenUp)
        const lost = fate === 'lost-after'
        node.after(backMs, () =>
          lost
            ? answered(noAnswer(true), 0, 'ECONNRESET')
            : answered(answer, status, undefined, 'so'),
        )
      })
    })
  }

  #answer(sent: Sent, fate: Fate, number: number, givenUp: boolean): readonly [Answer, number] {
    const { way, actions } = sent
    if (sent.key !== this.key) return [{ type: 'refused', reason: 'key_invalid' }, 401]
    if (fate === 'throttled')
      return [{ type: 'throttled', afterMs: this.#chance.whole(250, 4000) }, 429]
    if (fate === 'unavailable') return [unavailable, 503]
    if (this.forbidden.has(way)) return [{ type: 'forbidden', scope: `${way}:write` }, 403]
    if (actions.length > this.#faults.reallyTakes && actions.length > 1)
      return [{ type: 'too_large' }, 413]
    if (actions.some((action) => this.#poisonOf(action) === 'fail')) return [unavailable, 500]
    const bad = placesOf(actions, (action) => this.#poisonOf(action) === 'reject')
    if (bad.length > 0) {
      for (const action of actions)
        if (this.#poisonOf(action) === 'reject') this.rejected.add(messageOf(action) ?? '')
      return [this.#rejected(bad, actions.length), 400]
    }
    if (way === 'events') {
      const keys = actions.map(effectOf)
      const twice = placesOf(keys, (key, place) => keys.indexOf(key) !== place)
      if (twice.length > 0)
        this.#fault(`A bulk request repeats ${twice.map((place) => keys[place]).join()}.`)
      const before = placesOf(keys, (key) => this.effects.has(key))
      if (before.length > 0 && this.#faults.repeats === 'history')
        return [{ ...this.#rejected(before, actions.length), repeated: true }, 400]
    }
    for (const action of actions) this.#take(action, way, number)
    // Events keep their order; what they say of people is worked on in any.
    for (const action of this.#shuffled(actions)) this.#describe(action, givenUp)
    return fate === 'failed-after' ? [unavailable, 500] : [{ type: 'accepted' }, 202]
  }

  #rejected(places: readonly number[], of: number): Extract<Answer, { type: 'rejected' }> {
    const [index] = places
    const { points } = this.#faults
    const rejected = { type: 'rejected', reason: 'klaviyo_rejected' } as const
    if ((points === 'none' && of > 1) || index === undefined) return rejected
    if (points === 'all' && places.length > 1) return { ...rejected, index, indexes: places }
    return { ...rejected, index }
  }

  #take(action: Action, way: Way, number: number): void {
    const { email, phone, externalId } = action.profile.identifiers
    if ((email ?? phone ?? externalId) === undefined) this.#fault(`${nameOf(action)} names nobody.`)
    if (action.type === 'subscribe' && email !== undefined) this.joined.add(email)
    if (action.type !== 'event') return
    const key = effectOf(action)
    if (this.effects.has(key)) return
    const { metric, uniqueId } = action
    const message = messageOf(action) ?? ''
    const at = this.#schedule.now
    this.effects.set(key, { place: this.effects.size, at, message, metric, uniqueId, way })
    this.#trace(() => `${this.accountId}/${number} counts ${metric} ${uniqueId}`)
  }

  #describe({ profile }: Action, givenUp: boolean): void {
    const tier = profile.properties?.['tier']
    if (typeof tier !== 'string') return
    const who = tier.split('-')[0] ?? ''
    this.profiles.set(who, tier)
    if (givenUp) this.overwritten.add(who)
    this.#trace(() => `${this.accountId} learns ${tier}`)
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((one) => ({ one, turn: list.length === 1 ? 0 : this.#chance.random() }))
      .toSorted((a, b) => a.turn - b.turn)
      .map(({ one }) => one)
  }

  #poisonOf(action: Action): 'reject' | 'fail' | undefined {
    const message = messageOf(action)
    return message === undefined ? undefined : this.#poison.get(message)
  }
}

/** What the journal says of a node at this moment. */
interface Rights {
  /** When its lease ends; 0: it has none. */
  readonly leaseEnds: () => number
  /** Whether a message may go in bulk: it is in an announced batch, or was settled before. */
  readonly isAnnounced: (message: string) => boolean
}

/** What happens to a request on the way. */
export type Fate =
  | 'good'
  | 'lost-before'
  | 'lost-after'
  | 'unreachable'
  | 'unavailable'
  | 'failed-after'
  | 'throttled'

interface Sent {
  readonly way: Way
  readonly actions: readonly Action[]
  readonly timeoutMs: number
  readonly key: string
}

/** All but `profiles:write`. */
export const narrow: ReadonlySet<string> = new Set(['events:write', 'lists:write'])

const unavailable: Answer = { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: true }

function noAnswer(ambiguous: boolean): Answer {
  const reason = ambiguous ? 'klaviyo_unavailable' : 'klaviyo_unreachable'
  return { type: 'retry', reason, ambiguous }
}

/** The shop's name of the event that an action came from: who, and his how-many-eth. */
function messageOf(action: Action): string | undefined {
  if (action.type === 'event') return /\d+-\d+/.exec(action.uniqueId)?.[0]
  const tier = action.profile.properties?.['tier']
  return typeof tier === 'string' ? tier : undefined
}

function effectOf(action: Action): string {
  if (action.type !== 'event') return ''
  return `${action.metric} ${action.uniqueId}`
}

function nameOf(action: Action): string {
  return action.type === 'event'
    ? `${action.metric}:${messageOf(action)}`
    : `${action.type}:${messageOf(action) ?? ''}`
}

function placesOf<T>(list: readonly T[], is: (one: T, place: number) => boolean): number[] {
  return list.flatMap((one, place) => (is(one, place) ? [place] : []))
}
