import type { Clock } from '../core/index.ts'
import { readAccount } from '../klaviyo/index.ts'
import type { Account, People } from '../klaviyo/index.ts'
import { ConfigurationError } from './environment.ts'
import { kit } from './kit.ts'

/** A private key that Klaviyo knows, and what may be done with it. */
export interface CheckedKey {
  readonly key: string
  /** Decides which keys share limits: Klaviyo's id of the account, or what stands for it (S5). */
  readonly accountId: string
  /** Undefined: the key may not read the account. */
  readonly account?: Account
  /** Permissions that it lacks and that are wanted for something, each with what does not work without it. */
  readonly warnings: readonly string[]
}

export interface KeyCheck {
  /** The account's id, for a key that may not read it. */
  readonly publicKey?: string | undefined
  readonly klaviyoUrl?: string | undefined
  readonly clock: Clock
  /** Undefined: nothing else asks of the account from here. */
  readonly people?: People | undefined
}

/**
 * Asks Klaviyo about a key before it is kept (S4-S6). Throws `ConfigurationError` with what to do when it
 * is unknown, lacks what everything needs, or cannot be checked.
 */
export async function checkKey(
  key: string,
  { publicKey, klaviyoUrl, clock, people }: KeyCheck,
): Promise<CheckedKey> {
  const digest = `key:${kit.digest(key).slice(0, 16)}`
  const permitsOf = people && ((accountId: string) => people.of(accountId, 'key'))
  const permits = permitsOf?.(publicKey ?? digest)
  const check = await readAccount(
    {
      auth: { type: 'key', key },
      clock,
      ...(permits === undefined ? {} : { permits }),
      ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
    },
    permitsOf,
  )
  if (check.type === 'failed') {
    throw new ConfigurationError(
      `The key could not be checked, and was not saved. ${check.message}`,
    )
  }
  if (check.type === 'refused') {
    throw new ConfigurationError(`${check.message} It was not saved.`)
  }
  if (check.account !== undefined && publicKey !== undefined && check.account.id !== publicKey) {
    throw new ConfigurationError(
      `The private key is of the account ${check.account.id}, the public key ${publicKey} of another. Nothing was saved.`,
    )
  }
  const needed = check.missing.filter((scope) => scope.needed)
  if (needed.length > 0) {
    const messages = needed.map(({ message }) => message).join(' ')
    throw new ConfigurationError(`${messages} The key was not saved.`)
  }
  return {
    key,
    accountId: check.account?.id ?? publicKey ?? digest,
    ...(check.account === undefined ? {} : { account: check.account }),
    warnings: check.missing
      .filter(({ scope }) => !(scope === 'accounts:read' && publicKey !== undefined))
      .map(({ message }) => message),
  }
}
