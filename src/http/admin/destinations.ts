import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { type DestinationRow, type KeyCheck, publicKeyOf } from '../../core/index.ts'
import { Problem } from '../problem.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

type Permissions = Static<typeof api.listPermissions.answer & {}>

/** Klaviyo accounts by a private key, which is asked about before it is kept and never shown again. */
export function serveDestinations(serve: Serve, parts: AdminParts): void {
  const { config, engine, klaviyo, secrets, ids } = parts

  serve(api.listDestinations, async ({ params }) => ({
    data: (await config.destinations(params.workspaceId)).map(destinationShape),
  }))

  serve(api.createDestination, async (ask) => {
    const { workspaceId } = ask.params
    const { privateKey, publicKey } = ask.body
    const { accountId, accountName, warnings } = await check(privateKey, publicKey)
    const id = ids.newId('dst', ask.now)
    const destination: DestinationRow = {
      workspaceId,
      id,
      accountId,
      ...(accountName === undefined ? {} : { accountName }),
      ...(publicKey === undefined ? {} : { publicKey }),
      secret: secrets.seal(privateKey, id),
      state: 'connected',
    }
    const act = ask.act('destination.add', id, { after: { accountId } })
    await config.addDestination(destination, act)
    return { ...destinationShape(destination), warnings: [...warnings] }
  })

  serve(api.changeKey, async (ask) => {
    const { workspaceId, destinationId } = ask.params
    const former = (await config.destinations(workspaceId)).find(({ id }) => id === destinationId)
    if (former === undefined) throw nothingHere()
    if (former.auth === 'oauth') {
      throw new Problem(
        409,
        'connected_by_oauth',
        'This account is connected by Klaviyo’s own page. What is sent with a key makes a second metric of each name ' +
          'there, so a connection has one of the two. To change it, disconnect, then add the account by its key.',
      )
    }
    const { privateKey, publicKey } = ask.body
    const { accountId, warnings } = await check(privateKey, publicKey)
    if (accountId !== former.accountId) {
      throw new Problem(
        409,
        'other_account',
        'That key belongs to another Klaviyo account. It was not saved. Add it as a destination of its own.',
      )
    }
    const secret = secrets.seal(privateKey, destinationId)
    await config.changeSecret(
      workspaceId,
      destinationId,
      secret,
      ask.act('destination.key', destinationId),
    )
    await config.markDestination(workspaceId, destinationId, undefined)
    await engine.reload()
    const { error: _, ...rest } = former
    return { ...destinationShape({ ...rest, state: 'connected' }), warnings: [...warnings] }
  })

  serve(api.listPermissions, async ({ params }): Promise<Permissions> => {
    const { workspaceId, destinationId } = params
    const destination = (await config.destinations(workspaceId)).find(
      ({ id }) => id === destinationId,
    )
    if (destination === undefined) throw nothingHere()
    const read = await klaviyo.permissions(destination)
    return read.type === 'failed'
      ? { state: 'unknown', says: read.message, data: [] }
      : { state: 'known', data: read.permissions.map((one) => ({ ...one })) }
  })

  serve(api.changePublicKey, async (ask) => {
    const { workspaceId, destinationId } = ask.params
    const { publicKey } = ask.body
    const former = (await config.destinations(workspaceId)).find(({ id }) => id === destinationId)
    if (former === undefined) throw nothingHere()
    const { accountId, accountName = accountId } = former
    // Klaviyo has told whose credentials these are.
    if (!accountId.includes(':') && accountId !== publicKey) {
      throw new Problem(
        409,
        'other_account',
        `These credentials are of ${accountName}, whose public key is ${accountId}. To use another account, add it by its own key.`,
      )
    }
    const act = ask.act('destination.public_key', destinationId, {
      before: { publicKey: publicKeyOf(former) ?? null },
      after: { publicKey },
    })
    await config.changePublicKey(workspaceId, destinationId, publicKey, act)
    await engine.reload()
    return destinationShape({ ...former, publicKey })
  })

  /** Throws a `Problem` (422) with what to do about the key. */
  async function check(
    key: string,
    publicKey: string | undefined,
  ): Promise<Extract<KeyCheck, { type: 'valid' }>> {
    const checked = await klaviyo.checkKey(key, publicKey)
    if (checked.type === 'refused') throw new Problem(422, 'key_refused', checked.message)
    return checked
  }
}

function destinationShape(destination: DestinationRow) {
  const { id, accountId, accountName, auth = 'key', state, error } = destination
  return {
    id,
    auth,
    accountId,
    accountName,
    publicKey: publicKeyOf(destination),
    state,
    error:
      error === undefined
        ? undefined
        : { reason: error.reason, detail: error.detail, at: isoOf(error.at) },
  }
}
