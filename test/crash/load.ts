import { closeSync, openSync, writeSync } from 'node:fs'
import type { Chance } from './chance.ts'
import { pause } from './pause.ts'

/** What a shopper sent in a round, and was answered 200 for. */
interface Shopper {
  readonly email: string
  /** Unknown to the shop until then. */
  known: boolean
  /** How many events named `Step` there are by now, numbered from 1. */
  steps: number
}

/** An event that was answered 200: whatever happens, this must be somewhere in the end. */
export interface Answered {
  readonly messageId: string
  readonly email: string
  /** Of a `Step`; undefined: the login. */
  readonly n?: number
  /** Holds what the simulator may have been told to refuse. */
  readonly isBad: boolean
}

/** What stands in a bad event, for a fault that looks for it. */
export const badWord = 'wormwood'

export interface LoadOptions {
  readonly urls: readonly string[]
  readonly writeKey: string
  /** Everything that was answered is written here, outside of what is broken. */
  readonly ledger: string
  readonly chance: Chance
}

const clients = 8
const shoppersEach = 5
const usualPauseMs = 200
/** A server that does not answer so long is asked no more. */
const answerMs = 8000

/**
 * Shops under load: shoppers come as guests, log in and go on. What is not answered 200 is sent again, the
 * same, to whichever server, until it is.
 */
export class Load {
  readonly #options: LoadOptions
  readonly #ledger: number
  #answered: Answered[] = []
  #resent = 0
  #goesOn = false
  #clients: Promise<unknown> = Promise.resolve()
  /** Milliseconds between two requests of a client, at most. */
  pauseMs = usualPauseMs
  /** The share of bad events. */
  badShare = 0
  /** Of all rounds. */
  total = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.#ledger = openSync(options.ledger, 'a')
  }

  /** As usual, whatever the last round made of it. */
  calm(): void {
    this.pauseMs = usualPauseMs
    this.badShare = 0
  }

  /** New shoppers, named by the round. */
  begin(round: string): void {
    this.#answered = []
    this.#resent = 0
    this.#goesOn = true
    this.#clients = Promise.all(
      Array.from({ length: clients }, (_, client) =>
        this.#client(
          Array.from({ length: shoppersEach }, (__, n) => ({
            email: `${round}-${client}-${n}@example.com`,
            known: this.#options.chance.next() < 0.5,
            steps: 0,
          })),
        ),
      ),
    )
  }

  /** Ends it; resolves with what was answered, when everything was. */
  async end(): Promise<{ readonly answered: readonly Answered[]; readonly resent: number }> {
    this.#goesOn = false
    await this.#clients
    return { answered: this.#answered, resent: this.#resent }
  }

  /** So many were answered in this round by now. */
  get count(): number {
    return this.#answered.length
  }

  close(): void {
    this.#goesOn = false
    closeSync(this.#ledger)
  }

  async #client(shoppers: readonly Shopper[]): Promise<void> {
    const { chance } = this.#options
    while (this.#goesOn) {
      const size = chance.whole(1, chance.next() < 0.1 ? 60 : 4)
      await this.#send(Array.from({ length: size }, () => this.#next(chance.of(shoppers))))
      await pause(chance.next() * this.pauseMs)
    }
    // Nobody stays unknown: a guest's events would wait.
    const last = shoppers.flatMap((shopper) =>
      shopper.known ? this.#next(shopper) : [this.#login(shopper), this.#next(shopper)],
    )
    await this.#send(last)
  }

  #next(shopper: Shopper): Sent {
    const { chance } = this.#options
    if (!shopper.known && chance.next() < 0.2) return this.#login(shopper)
    const { email } = shopper
    shopper.steps += 1
    const n = shopper.steps
    const isBad = shopper.known && chance.next() < this.badShare
    const id = `${email}-${n}`
    return {
      answered: { messageId: id, email, n, isBad },
      event: {
        type: 'track',
        event: 'Step',
        messageId: id,
        properties: { n, ...(isBad ? { gift: badWord } : {}) },
        ...(shopper.known
          ? { userId: email, context: { traits: { email } } }
          : { anonymousId: `guest-${email}` }),
      },
    }
  }

  #login(shopper: Shopper): Sent {
    const { email } = shopper
    shopper.known = true
    const id = `${email}-login`
    return {
      answered: { messageId: id, email, isBad: false },
      event: {
        type: 'identify',
        messageId: id,
        userId: email,
        anonymousId: `guest-${email}`,
        traits: { email },
      },
    }
  }

  async #send(batch: readonly Sent[]): Promise<void> {
    const { urls, writeKey, chance } = this.#options
    const body = JSON.stringify({ batch: batch.map(({ event }) => event) })
    while (!(await post(`${chance.of(urls)}/v1/batch`, writeKey, body))) {
      this.#resent += 1
      await pause(20 + chance.next() * 80)
    }
    writeSync(this.#ledger, `${batch.map(({ answered }) => answered.messageId).join(' ')}\n`)
    for (const { answered } of batch) this.#answered.push(answered)
    this.total += batch.length
  }
}

interface Sent {
  readonly answered: Answered
  readonly event: object
}

/** True: it was answered 200. */
async function post(url: string, writeKey: string, body: string): Promise<boolean> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${writeKey}:`)}`,
        'content-type': 'application/json',
      },
      body,
      signal: AbortSignal.timeout(answerMs),
    })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}
