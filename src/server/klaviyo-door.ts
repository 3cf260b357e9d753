import type { Clock, KlaviyoApp, KlaviyoDoor } from '../core/index.ts'
import { ConfigurationError } from './environment.ts'
import { checkKey } from './key.ts'

/** What the admin asks of Klaviyo, at the address that this server sends to. */
export function klaviyoDoor({
  klaviyoUrl,
  clock,
  app,
}: {
  readonly klaviyoUrl: string | undefined
  readonly clock: Clock
  readonly app: KlaviyoApp | undefined
}): KlaviyoDoor {
  return {
    app,
    async checkKey(key, publicKey) {
      try {
        const { accountId, account, warnings } = await checkKey(key, {
          publicKey,
          klaviyoUrl,
          clock,
        })
        return {
          type: 'valid',
          accountId,
          ...(account === undefined ? {} : { accountName: account.name }),
          warnings,
        }
      } catch (error) {
        if (error instanceof ConfigurationError) return { type: 'refused', message: error.message }
        throw error
      }
    },
  }
}
