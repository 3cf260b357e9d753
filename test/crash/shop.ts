import type { Node } from './cast.ts'

/** A connection as `/api/status` tells of it. */
export interface Status {
  readonly toSend: number
  readonly activity: string
  readonly reason?: string
  readonly state: string
  readonly counts: { readonly [reason: string]: number }
  readonly lanes: {
    readonly live: {
      readonly seq: number
      readonly head: number
      readonly exceptions: { readonly retry: number; readonly replay: number }
    }
  }
}

/** An event as `/api/events` tells of it. */
export interface Row {
  readonly seq: number
  readonly messageId: string
  readonly name: string
  readonly outcome: string
  readonly reason?: string
  readonly sentence?: string
}

export interface Life extends Row {
  readonly attempts: readonly {
    readonly status: number
    readonly from?: number
    readonly to?: number
  }[]
}

const answerMs = 30_000

/** Rejects when the node does not answer, or answers that it cannot. */
async function ask<T>(node: Node, path: string): Promise<T> {
  const answer = await fetch(new URL(path, node.url), { signal: AbortSignal.timeout(answerMs) })
  if (answer.status !== 200)
    throw new Error(`${node.name} answered ${answer.status} to ${path}: ${await answer.text()}`)
  return (await answer.json()) as T
}

export async function statusOf(node: Node): Promise<Status> {
  const { connections } = await ask<{ connections: readonly Status[] }>(node, '/api/status')
  const [connection] = connections
  if (connection === undefined) throw new Error(`${node.name} has no connection.`)
  return connection
}

/** Newest first, down to number `after`. */
export async function eventsAfter(node: Node, after: number): Promise<readonly Row[]> {
  const rows: Row[] = []
  let before: number | undefined
  do {
    const page = before === undefined ? '' : `&before=${before}`
    const answer = await ask<{ events: readonly Row[]; next?: number }>(
      node,
      `/api/events?limit=1000${page}`,
    )
    rows.push(...answer.events.filter(({ seq }) => seq > after))
    before = answer.next
  } while (before !== undefined && before > after + 1)
  return rows
}

export function lifeOf(node: Node, messageId: string): Promise<Life> {
  return ask<Life>(node, `/api/events/${encodeURIComponent(messageId)}`)
}
