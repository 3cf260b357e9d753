import { useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useConnections, useStores } from '../../place.ts'
import { words } from '../../words/connection.ts'

type Account = AnswerOf<'listDestinations'>['data'][number]

/**
 * Accounts that a store can be connected to without asking Klaviyo again, each by how it is connected and for whom.
 * A key that nothing uses is named where no other of its account is; an install ends with its last connection.
 */
export function useKnownAccounts(): readonly {
  readonly id: string
  readonly label: string
  readonly account: Account
}[] {
  const say = useWords(words)
  const accounts = useAsk('listDestinations').data?.data ?? []
  const connections = useConnections().data?.data ?? []
  const stores = useStores().data?.data ?? []
  const storesOf = (destinationId: string) => [
    ...new Set(
      connections
        .filter((one) => one.destinationId === destinationId && one.state !== 'disconnected')
        .map(({ storeId }) => stores.find(({ id }) => id === storeId)?.name ?? storeId),
    ),
  ]
  const sound = accounts
    .filter(({ state }) => state === 'connected')
    .map((account) => ({ account, users: storesOf(account.id) }))
  const isNeeded = ({ account, users }: (typeof sound)[number]) => {
    if (users.length > 0) return true
    if (account.auth === 'oauth') return false
    const others = sound.filter(
      (one) => one.account.auth === 'key' && one.account.accountId === account.accountId,
    )
    // Ids rise with time.
    return others.every((one) => one.users.length === 0 && one.account.id <= account.id)
  }
  return sound.filter(isNeeded).map(({ account, users }) => {
    const { id, accountName, accountId, auth } = account
    const by = auth === 'oauth' ? say.byApp : say.byKey
    const use = users.length === 0 ? say.unused : users.join(', ')
    return { id, label: `${accountName ?? accountId} (${by}; ${use})`, account }
  })
}
