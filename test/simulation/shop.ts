import type { Lane, Received } from '../../src/core/index.ts'
import { readEvent } from '../../src/core/index.ts'
import { kit } from '../../src/server/kit.ts'
import type { Chance } from './chance.ts'

/** What a shop sent, and what is known of it beside what the engine knows. */
export interface Sent {
  readonly message: string
  readonly who: number
  readonly n: number
  readonly lane: Lane
  readonly kind: 'step' | 'gift' | 'order' | 'identify' | 'view' | 'login' | 'join'
  /** What the events of that person name him by, until he says more. */
  readonly by: 'both' | 'id' | 'email'
  readonly poison: 'reject' | 'fail' | undefined
}

/**
 * A shop's visitors: some are known from the start, some come as guests and log in sooner or later or never.
 * A message is named after who it is of and how many that person had before, so that whoever sees it knows
 * where it belongs.
 */
export class Shop {
  readonly workspaceId: string
  readonly sourceId: string
  readonly storeId: string
  readonly #number: number
  readonly #chance: Chance
  readonly #poisonRate: number
  readonly #historyRate: number
  readonly #people: {
    readonly who: number
    readonly by: Sent['by']
    readonly guest: boolean
    known: boolean
    count: number
  }[]
  readonly #history = new Map<number, number>()
  readonly sent: Sent[] = []

  constructor(
    number: number,
    { workspaceId, storeId }: { readonly workspaceId: string; readonly storeId: string },
    chance: Chance,
    { poisonRate, historyRate }: { readonly poisonRate: number; readonly historyRate: number },
  ) {
    this.workspaceId = workspaceId
    this.storeId = storeId
    this.sourceId = `src_${number}`
    this.#number = number
    this.#chance = chance
    this.#poisonRate = poisonRate
    this.#historyRate = historyRate
    const people = chance.whole(1, 6)
    this.#people = Array.from({ length: people }, (_, place) => {
      const guest = chance.happens(0.3)
      const by = chance.pick(['both', 'both', 'id', 'email'] as const)
      return { who: number * 100 + place, by, guest, known: !guest, count: 0 }
    })
  }

  /** Where what it sends of a lane stands in the journal. */
  in(lane: Lane) {
    const { workspaceId, sourceId } = this
    return { workspaceId, sourceId, lane }
  }

  post(at: number): Received {
    const chance = this.#chance
    const poison = chance.happens(this.#poisonRate)
      ? chance.pick(['reject', 'fail'] as const)
      : undefined
    if (chance.happens(this.#historyRate)) {
      const lane = chance.pick(['backfill', 'backfill', 'catalog'] as const)
      const who = this.#number * 100 + (lane === 'backfill' ? 50 : 60) + chance.whole(0, 2)
      const n = (this.#history.get(who) ?? 0) + 1
      this.#history.set(who, n)
      const kind = chance.pick(['step', 'step', 'step', 'identify'] as const)
      return this.#received({ who, n, lane, by: 'both', kind, poison }, at)
    }
    const person = chance.pick(this.#people)
    const { who, by } = person
    person.count += 1
    const n = person.count
    const lane = 'live' as const
    if (!person.known) {
      if (chance.happens(0.85))
        return this.#received({ who, n, lane, by, kind: 'view', poison }, at)
      person.known = true
      return this.#received({ who, n, lane, by, kind: 'login', poison: undefined }, at)
    }
    const kind = person.guest
      ? chance.pick(['view', 'view', 'step', 'order'] as const)
      : chance.pick(['step', 'step', 'step', 'step', 'gift', 'order', 'identify', 'join'] as const)
    return this.#received(
      { who, n, lane, by, kind, poison: kind === 'join' ? undefined : poison },
      at,
    )
  }

  /** An event of one who has nothing to do with the others. */
  greet(at: number): Received {
    const who = this.#number * 100 + 99
    const n = (this.#history.get(who) ?? 0) + 1
    this.#history.set(who, n)
    return this.#received(
      { who, n, lane: 'live', by: 'both', kind: 'order', poison: undefined },
      at,
    )
  }

  #received(of: Omit<Sent, 'message'>, receivedAt: number): Received {
    const message = `${of.who}-${of.n}`
    this.sent.push({ ...of, message })
    const reading = readEvent(rawOf(of, message), {
      receivedAt,
      kit,
      newId: () => message,
      maxBytes: 1_000_000,
    })
    if (reading.type !== 'ok') throw new Error(`Refused: ${reading.reason}`)
    const { type: _, ...read } = reading
    const { workspaceId, sourceId, storeId } = this
    return { workspaceId, sourceId, storeId, lane: of.lane, receivedAt, ...read }
  }
}

function rawOf({ who, kind, by }: Omit<Sent, 'message'>, messageId: string): object {
  const email = `p${who}@example.com`
  const person = {
    ...(by === 'email' ? {} : { userId: `u${who}` }),
    ...(by === 'id' ? {} : { context: { traits: { email } } }),
  }
  const visitor = { anonymousId: `v${who}` }
  const track = { type: 'track', messageId }
  switch (kind) {
    case 'step':
      return { ...track, ...person, event: 'Step' }
    case 'gift':
      return { ...track, ...person, event: 'Gift Wrapped' }
    case 'order': {
      const products = [
        { product_id: 'a', price: 1, quantity: 1 },
        { product_id: 'b', price: 2, quantity: 1 },
      ]
      const properties = { order_id: messageId, total: 3, currency: 'EUR', products }
      return { ...track, ...person, event: 'Order Completed', properties }
    }
    case 'view':
      return { ...track, ...visitor, event: 'Step' }
    case 'identify':
      return { type: 'identify', messageId, ...person, traits: { email, tier: messageId } }
    case 'join':
      return {
        type: 'group',
        messageId,
        ...person,
        groupId: 'list',
        traits: { subscribe: true },
      }
    case 'login':
      return {
        type: 'identify',
        messageId,
        ...visitor,
        userId: `u${who}`,
        traits: { email, tier: messageId },
      }
  }
}
