import { textOf } from './json.ts'
import type { Permits } from './people.ts'
import { ask, type Failed, failedOf, type Reader, readJson } from './read.ts'

export interface Account {
  /** Klaviyo's public id of the account: the public key. */
  readonly id: string
  readonly name: string
  readonly timezone?: string
  readonly currency?: string
}

/** A permission that a key lacks. */
export interface MissingScope {
  /** As Klaviyo's page for keys names it: `events:write`. Several, parted by a space, where Klaviyo does not say which. */
  readonly scope: string
  /** Without it nothing of use can be sent: the key is not to be saved (S6). */
  readonly needed: boolean
  /** A sentence for the operator. */
  readonly message: string
}

export type AccountCheck =
  | {
      readonly type: 'valid'
      /** Undefined: the key may not read the account, so ask for the public key (S5). */
      readonly account?: Account
      readonly missing: readonly MissingScope[]
      /** What it was seen to have. */
      readonly granted: readonly string[]
    }
  /** Klaviyo does not know the key (S4). */
  | { readonly type: 'refused'; readonly message: string }
  /** Nothing is known of the key: Klaviyo could not be asked. */
  | Failed

interface Probe {
  readonly scope: string
  readonly needed: boolean
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly without: string
}

// Nothing here changes anything at Klaviyo: reads, and bodies that are refused once the permission is there.
const probes: readonly Probe[] = [
  {
    scope: 'events:write',
    needed: true,
    method: 'POST',
    path: '/api/events',
    without: 'no event can be sent',
  },
  {
    scope: 'profiles:write',
    needed: true,
    method: 'POST',
    path: '/api/profile-import',
    without: 'shoppers’ details cannot be kept up to date',
  },
  {
    scope: 'lists:write profiles:write subscriptions:write',
    needed: false,
    method: 'POST',
    path: '/api/profile-subscription-bulk-create-jobs',
    without: 'nobody can be subscribed to marketing',
  },
  {
    scope: 'lists:read',
    needed: false,
    method: 'GET',
    path: '/api/lists',
    without: 'lists cannot be shown for choosing one',
  },
  {
    scope: 'metrics:read',
    needed: false,
    method: 'GET',
    path: '/api/metrics',
    without: 'it cannot be checked that events have arrived',
  },
  {
    scope: 'events:read',
    needed: false,
    method: 'GET',
    path: '/api/events?page[size]=1',
    without: 'it cannot be checked that events have arrived',
  },
  {
    scope: 'profiles:read',
    needed: false,
    method: 'GET',
    path: '/api/profiles?page[size]=1',
    without: 'it cannot be checked that events have arrived',
  },
]

/**
 * Asks Klaviyo whose key this is and what it may do. Sends nothing of the shop's.
 *
 * @param permitsOf once it is known whose key it is: events may be going to the account at the moment
 */
export async function readAccount(
  reader: Reader,
  permitsOf?: (accountId: string) => Permits,
): Promise<AccountCheck> {
  const read = await readJson(reader, '/api/accounts')
  if (read.type === 'failed' && read.status === 401) {
    return { type: 'refused', message: read.message }
  }
  if (read.type === 'missing') return notKlaviyo
  if (read.type === 'failed' && read.status !== 403) return read
  const account = read.type === 'found' ? accountOf(read.value) : undefined
  const missing: MissingScope[] = []
  if (!account) {
    missing.push({
      scope: 'accounts:read',
      needed: false,
      message:
        'The key may not read the account (accounts:read): enter the public key, which is the account’s id.',
    })
  }
  const granted = new Set<string>()
  const permits = account === undefined ? reader.permits : permitsOf?.(account.id)
  const prober = permits === undefined ? reader : { ...reader, permits }
  for (const probe of probes) {
    const reply = await ask(
      prober,
      probe.method,
      probe.path,
      probe.method === 'POST' ? '{}' : undefined,
    )
    if (reply.status === 401) return { type: 'refused', message: failedOf(reply).message }
    if (reply.status === 0 || reply.status >= 500 || reply.status === 429) return failedOf(reply)
    const scopes = probe.scope.split(' ')
    if (reply.status !== 403) for (const scope of scopes) granted.add(scope)
    else missing.push(missingOf(probe, scopes, granted, reply.text))
  }
  if (account) granted.add('accounts:read')
  return { type: 'valid', ...(account ? { account } : {}), missing, granted: [...granted] }
}

/** Whose credentials these are, asked by themselves. */
export async function ownAccount(reader: Reader): Promise<Account | undefined> {
  const read = await readJson(reader, '/api/accounts')
  return read.type === 'found' ? accountOf(read.value) : undefined
}

const notKlaviyo: Failed = {
  type: 'failed',
  status: 404,
  message: 'This address does not answer like Klaviyo: check the base URL.',
}

function missingOf(
  { needed, without }: Probe,
  scopes: readonly string[],
  granted: ReadonlySet<string>,
  said: string,
): MissingScope {
  const open = scopes.filter((scope) => !granted.has(scope))
  const named = open.filter((scope) => said.includes(scope))
  const scope = (named.length > 0 ? named : open).join(' ')
  return {
    scope,
    needed,
    message: `The key lacks ${scope.replaceAll(' ', ' or ')}: ${without}. Give it that permission in Klaviyo.`,
  }
}

function accountOf(value: unknown): Account | undefined {
  const id = textOf(value, 'data', 0, 'id')
  if (id === undefined) return undefined
  const attributes = ['data', 0, 'attributes'] as const
  const timezone = textOf(value, ...attributes, 'timezone')
  const currency = textOf(value, ...attributes, 'preferred_currency')
  return {
    id,
    name:
      textOf(value, ...attributes, 'contact_information', 'organization_name') ??
      textOf(value, ...attributes, 'contact_information', 'default_sender_name') ??
      id,
    ...(timezone === undefined ? {} : { timezone }),
    ...(currency === undefined ? {} : { currency }),
  }
}
