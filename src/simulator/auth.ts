import type { Account, Integration } from './account.ts'
import { forbidden, wrongCredentials } from './errors.ts'
import type { World } from './world.ts'

/** Who calls, and what the limits are counted by. */
export interface Caller {
  readonly account: Account
  /** All private keys of an account share one; an installed app and the browsers have their own. */
  readonly authClass: string
  /** Undefined: all. */
  readonly scopes: ReadonlySet<string> | undefined
  /** Whose metrics the events of this caller belong to. */
  readonly integration: Integration
  readonly isApp: boolean
}

/** Reads who calls from the Authorization header; undefined when the credentials are not good. */
export function callerOf(world: World, authorization: string | undefined): Caller | undefined {
  if (authorization === undefined) return undefined
  const space = authorization.indexOf(' ')
  const scheme = authorization.slice(0, space).toLowerCase()
  const credentials = authorization.slice(space + 1).trim()
  if (scheme === 'bearer') {
    const access = world.oauth.bearer(credentials)
    return access === undefined
      ? undefined
      : {
          account: access.account,
          authClass: `app:${access.app.clientId}`,
          scopes: access.scopes,
          integration: access.app.integration,
          isApp: true,
        }
  }
  if (scheme !== 'klaviyo-api-key') return undefined
  const account = world.accountOfKey(credentials)
  if (account === undefined) return undefined
  return {
    account,
    authClass: 'key',
    scopes: account.keys.get(credentials),
    integration: account.apiIntegration,
    isApp: false,
  }
}

/** Browsers name the account by its public key in the query. */
export function clientCallerOf(world: World, companyId: string | null): Caller | undefined {
  const account = companyId === null ? undefined : world.accounts.get(companyId)
  if (account === undefined) return undefined
  return {
    account,
    authClass: 'client',
    scopes: undefined,
    integration: account.apiIntegration,
    isApp: false,
  }
}

export function requireCaller(caller: Caller | undefined): Caller {
  if (caller === undefined) throw wrongCredentials()
  return caller
}

export function requireScopes(caller: Caller, needed: readonly string[]): void {
  const { scopes } = caller
  if (scopes === undefined) return
  const missing = needed.filter((scope) => !scopes.has(scope))
  if (missing.length > 0) {
    throw forbidden(
      `You are missing required scopes: ${missing.join(', ')}. Please check that you have the correct scopes for this operation.`,
    )
  }
}
