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
  readonly kind: 'step' | 'gift' | 'order' | 'identify' | 'view' | 'login'
  readonly poison: 'reject' | 'fail' | undefined
}

/**
 * A shop's visitors: some are known from the start, some come as guests and log in sooner or later or never.
 * A message is named after who it is of and how many that person had before, so that whoever sees it knows
 * where it belongs.
 */
export class Shop {
  readonly sourceId: string
  readonly #chance: Chance
  readonly #poisonRate: number
  readonly #people: {
    readonly who: number
    readonly guest: boolean
    known: boolean
    count: number
  }[]
  readonly #history = new Map<number, number>()
  readonly sent: Sent[] = []

  constructor(number: number, chance: Chance, poisonRate: number) {
    this.sourceId = `src_${number}`
    this.#chance = chance
    this.#poisonRate = poisonRate
    const people = chance.whole(1, 6)
    this.#people = Array.from({ length: people }, (_, place) => {
      const guest = chance.happens(0.3)
      return { who: number * 100 + place, guest, known: !guest, count: 0 }
    })
  }

  post(at: number): Received {
    const chance = this.#chance
    const poison = chance.happens(this.#poisonRate)
      ? chance.pick(['reject', 'fail'] as const)
      : undefined
    if (chance.happens(0.05)) {
      const who = Number(this.sourceId.slice(4)) * 100 + 50 + chance.whole(0, 2)
      const n = (this.#history.get(who) ?? 0) + 1
      this.#history.set(who, n)
      return this.#received({ who, n, lane: 'backfill', kind: 'step', poison }, at)
    }
    const person = chance.pick(this.#people)
    const { who } = person
    person.count += 1
    const n = person.count
    const lane = 'live' as const
    if (!person.known) {
      if (chance.happens(0.85)) return this.#received({ who, n, lane, kind: 'view', poison }, at)
      person.known = true
      return this.#received({ who, n, lane, kind: 'login', poison: undefined }, at)
    }
    const kind = person.guest
      ? chance.pick(['view', 'view', 'step', 'order'] as const)
      : chance.pick(['step', 'step', 'step', 'step', 'gift', 'order', 'identify'] as const)
    return this.#received({ who, n, lane, kind, poison }, at)
  }

  /** An event of one who has nothing to do with the others. */
  greet(at: number): Received {
    const who = Number(this.sourceId.slice(4)) * 100 + 99
    const n = (this.#history.get(who) ?? 0) + 1
    this.#history.set(who, n)
    return this.#received({ who, n, lane: 'live', kind: 'order', poison: undefined }, at)
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
    const { sourceId } = this
    return { workspaceId: 'wsp_1', sourceId, storeId: 'sto_1', lane: of.lane, receivedAt, ...read }
  }
}

function rawOf({ who, kind }: Omit<Sent, 'message'>, messageId: string): object {
  const email = `p${who}@example.com`
  const person = { userId: `u${who}`, context: { traits: { email } } }
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
