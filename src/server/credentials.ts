import type { Clock, DestinationRow, Journal, Secrets, Setup } from '../core/index.ts'
import { tokenAuth } from '../klaviyo/index.ts'
import type { Auth, OAuth, TokenStore } from '../klaviyo/index.ts'
import { readTokens } from './klaviyo-app.ts'
import { secretOf } from './setup.ts'

export interface CredentialOptions {
  readonly config: Setup
  readonly journal: Journal
  readonly secrets: Secrets
  readonly clock: Clock
  readonly nodeId: string
  /** Undefined: this installation has no app of its own. */
  readonly oauth: (() => OAuth) | undefined
}

/** How each destination shows Klaviyo who asks. One for the whole process, so that tokens are refreshed once. */
export interface Credentials {
  authOf(destination: DestinationRow): Auth
}

export function openCredentials(options: CredentialOptions): Credentials {
  const { secrets, clock, oauth } = options
  const installs = new Map<string, Auth>()
  return {
    authOf(row) {
      // A key that cannot be opened is never sent: its destination is held by then.
      if (row.auth !== 'oauth') {
        return { type: 'key', key: secretOf(secrets, row.secret, row.id) ?? '' }
      }
      const known = installs.get(row.id)
      if (known !== undefined) return known
      const auth = oauth === undefined ? noApp : tokenAuth(oauth(), storeOf(row, options), clock)
      installs.set(row.id, auth)
      return auth
    },
  }
}

/** Events wait until the app is named again. */
const noApp: Auth = {
  type: 'token',
  token: () =>
    Promise.reject(new Error('KLAVIYO_CLIENT_ID and KLAVIYO_CLIENT_SECRET are not set.')),
}

/** An install's tokens, in the destination's row. */
function storeOf(
  { workspaceId, id }: DestinationRow,
  { config, journal, secrets, nodeId }: CredentialOptions,
): TokenStore {
  const right = `oauth:${id}`
  return {
    async read() {
      const sealed = await config.secretOf(workspaceId, id)
      const credentials = sealed === undefined ? undefined : secretOf(secrets, sealed, id)
      return credentials === undefined ? undefined : readTokens(credentials)
    },
    save: (tokens) =>
      config.changeSecret(workspaceId, id, secrets.seal(JSON.stringify(tokens), id)),
    async claim() {
      // A lease like an account's: when the node dies, another may refresh.
      const [lease] = await journal.claim([right], { id: nodeId, most: 1 })
      if (lease === undefined) return undefined
      return () => journal.release([{ accountId: right }], nodeId)
    },
  }
}
