import type { FastifyReply } from 'fastify'
import { Problem } from '../problem.ts'

/**
 * So many requests a minute for each name, refilled evenly. Kept in memory, by each process for itself.
 */
export class Rate {
  readonly #perMinute: number
  readonly #label: string
  readonly #left = new Map<string, { tokens: number; at: number }>()

  constructor(label: string, perMinute: number) {
    this.#label = label
    this.#perMinute = perMinute
  }

  /** Takes one, and says in the answer's headers what is left. Throws a `Problem` (429) where nothing is. */
  take(name: string, now: number, reply: FastifyReply): void {
    const perMs = this.#perMinute / 60_000
    const known = this.#left.get(name)
    const tokens =
      known === undefined
        ? this.#perMinute
        : Math.min(this.#perMinute, known.tokens + (now - known.at) * perMs)
    if (this.#left.size >= mostNames && known === undefined) this.#left.clear()
    this.#left.set(name, { tokens: Math.max(0, tokens - 1), at: now })
    const waitMs = Math.ceil((1 - tokens) / perMs)
    reply.header('ratelimit-policy', `"${this.#label}";q=${this.#perMinute};w=60`)
    reply.header(
      'ratelimit',
      `"${this.#label}";r=${Math.max(0, Math.floor(tokens - 1))};t=${Math.max(0, Math.ceil(waitMs / 1000))}`,
    )
    if (tokens < 1) {
      throw new Problem(
        429,
        'too_many_requests',
        `Wait ${Math.ceil(waitMs / 1000)} s, then go on.`,
        {
          retryAfterMs: waitMs,
        },
      )
    }
  }
}

const mostNames = 50_000
