import * as api from '../../api/index.ts'
import type { Connection, KlaviyoList } from '../../core/index.ts'
import { destinationOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

/** R12: which list people join, and how joining it works. */
export function serveLists(serve: Serve, parts: AdminParts): void {
  const { config, klaviyo } = parts

  serve(api.listKlaviyoLists, async ({ params }) => {
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const destination = await destinationOf(config, connection)
    if (destination?.state !== 'connected' || connection.state === 'disconnected') {
      throw new Problem(409, 'not_connected', 'Klaviyo is not connected. Connect it first.')
    }
    const read = await klaviyo.lists(destination)
    if (read.type === 'failed') {
      const detail = `Klaviyo did not give its lists. ${read.message} Reading them needs the permission lists:read.`
      throw new Problem(502, 'klaviyo_refused', detail)
    }
    const { listId } = connection.settings
    const isGone = listId !== undefined && read.lists.every(({ id }) => id !== listId)
    return {
      data: read.lists
        .map((list) => ({ ...list, says: meaning[list.optIn], chosen: list.id === listId }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
      ...(isGone ? { gone: listId } : {}),
    }
  })
}

/** A list that Klaviyo does not have takes nobody. Where Klaviyo does not tell its lists, any id may be right. */
export async function needList(
  { config, klaviyo }: Pick<AdminParts, 'config' | 'klaviyo'>,
  connection: Connection,
  listId: string,
): Promise<void> {
  const destination = await destinationOf(config, connection)
  if (destination?.state !== 'connected' || connection.state === 'disconnected') return
  const read = await klaviyo.lists(destination)
  if (read.type === 'failed' || read.lists.some(({ id }) => id === listId)) return
  const message =
    'Klaviyo has no list of this id. The address of a list’s page there ends with its id.'
  throw new Problem(422, 'unknown_list', message, {
    errors: [{ pointer: '/body/settings/listId', message }],
  })
}

const meaning = {
  single: 'Single opt-in: whoever subscribes is on the list at once.',
  double:
    'Double opt-in: Klaviyo sends an email first. Only who confirms it is on the list; until then nothing else is sent to them.',
  unknown: 'Klaviyo does not say how people join it. Look at the list’s settings there.',
} as const satisfies Readonly<Record<KlaviyoList['optIn'], string>>
