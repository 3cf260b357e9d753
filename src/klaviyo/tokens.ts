import type { Clock } from '../core/index.ts'
import type { Auth } from './call.ts'
import type { OAuth, Tokens } from './oauth.ts'

/** Where an install's tokens are kept, for all nodes that use them. */
export interface TokenStore {
  /** The newest that were saved; undefined: the install is over. */
  read(): Promise<Tokens | undefined>
  /** Durable when it resolves: Klaviyo may have ended the former ones. */
  save(tokens: Tokens): Promise<void>
  /**
   * The right to refresh, for one node at a time: what gives it back. Undefined: another has it at the
   * moment. It ends by itself when its holder dies.
   */
  claim(): Promise<(() => Promise<void>) | undefined>
}

/** Used only so long before it ends: a request takes its time, and clocks differ. */
const spareMs = 60_000
/** Between two looks at whether another node has finished. */
const lookMs = 250
/** A refresh takes at most 20 s; the right to it ends a little later. */
const patienceMs = 45_000

/**
 * Access tokens of one install. However many ask at once, in however many processes, Klaviyo is asked for a
 * new one once, and what it gives is saved before it is used.
 */
export function tokenAuth(
  oauth: OAuth,
  store: TokenStore,
  clock: Clock,
): Extract<Auth, { type: 'token' }> {
  let known: Tokens | undefined
  let underWay: Promise<string> | undefined

  return { type: 'token', token }

  async function token(refused?: string): Promise<string> {
    if (known !== undefined && isGood(known, refused)) return known.access
    underWay ??= renewed(refused).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** Another node may have a newer one already, or be getting it. */
  async function renewed(refused: string | undefined): Promise<string> {
    const until = clock.monotonic() + patienceMs
    for (;;) {
      const saved = await store.read()
      if (saved === undefined) throw ended()
      if (isGood(saved, refused)) return use(saved)
      const giveBack = await store.claim()
      if (giveBack !== undefined) {
        try {
          return use(await refreshed(saved))
        } finally {
          await giveBack()
        }
      }
      if (clock.monotonic() > until) throw new Error('Another node does not finish its refresh.')
      await new Promise<void>((resolve) => void clock.after(lookMs, resolve))
    }
  }

  /** With the right to refresh in hand. */
  async function refreshed(before: Tokens): Promise<Tokens> {
    // Whoever had it before may have finished between our look and our turn.
    const saved = (await store.read()) ?? before
    if (saved.refresh !== before.refresh || saved.access !== before.access) return saved
    const answer = await oauth.refresh(saved.refresh)
    if (answer.type === 'granted') {
      const scopes = answer.tokens.scopes.length > 0 ? answer.tokens.scopes : saved.scopes
      const tokens = { ...answer.tokens, scopes }
      await store.save(tokens)
      return tokens
    }
    if (answer.type === 'refused' && answer.code === 'invalid_grant') throw ended()
    throw new Error(answer.type === 'refused' ? `Klaviyo refused: ${answer.code}` : answer.message)
  }

  function use(tokens: Tokens): string {
    known = tokens
    return tokens.access
  }

  function isGood(tokens: Tokens, refused: string | undefined): boolean {
    return tokens.access !== refused && tokens.expiresAt - clock.now() > spareMs
  }
}

/** The app was removed in Klaviyo, or disconnected here. */
function ended(): Error {
  return Object.assign(new Error('The install is over.'), { code: 'invalid_grant' })
}
