import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import * as api from '../../api/index.ts'
import { type Connection, isPermitted, maskOf } from '../../core/index.ts'
import { type Caller, isOver } from '../access/caller.ts'
import { setSecurityHeaders } from '../headers.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { filterOf } from './event-filter.ts'
import { lineOf } from './event-line.ts'
import { Feed, type Listener, type Told } from './feed.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

type Member = Extract<Caller, { type: 'member' }>

/** Streams of one session, and of the node: each browser tab has one. */
const perSession = 6
const perNode = 300
/** A line that says nothing, so that nobody on the way takes the stream for dead. */
const beatMs = 15_000
/** Sessions and roles are looked at that often: who is signed out sees nothing more (A16). */
const checkMs = 3_000
/** What a client has not taken yet; beyond that it is cut off, and goes on where it was when it comes again. */
const mostUnsent = 512 * 1024

interface Client extends Listener {
  readonly member: Member
  readonly workspaceId: string
  readonly response: ServerResponse
  readonly end: () => void
}

/** Events as they come (server-sent events): from the journal, so that it does not matter which node took them. */
export function serveWatch(app: FastifyInstance, serve: Serve, parts: AdminParts): void {
  const { access, clock, kit } = parts
  const feeds = new Map<string, Feed>()
  const clients = new Set<Client>()
  let cancelCheck: (() => void) | undefined
  let beatAt = 0

  serve(api.watchEvents, async ({ params, query, caller, request, reply }) => {
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    if (caller?.type !== 'member') {
      throw new Problem(
        403,
        'not_for_tokens',
        'This is for members who are signed in. A program reads the list of events.',
      )
    }
    const own = [...clients].filter(({ member }) => member.session.id === caller.session.id)
    if (own.length >= perSession || clients.size >= perNode) {
      throw new Problem(
        429,
        'too_many_streams',
        'Too many live views are open. Close one in another tab, then look again.',
        { retryAfterMs: 5000 },
      )
    }
    const filter = filterOf(query, connection, kit)
    const response = reply.raw
    setSecurityHeaders(reply)
    reply.hijack()
    response.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      // A proxy that gathers answers would keep it all back.
      'x-accel-buffering': 'no',
    })
    response.write('retry: 2000\n\n')
    const client: Client = {
      member: caller,
      workspaceId: params.workspaceId,
      response,
      after: lastIdOf(request.headers['last-event-id']),
      filter,
      tell: (told) => tell(client, told),
      end: () => leave(client, connection),
    }
    clients.add(client)
    response.on('close', client.end)
    response.on('error', client.end)
    cancelCheck ??= clock.after(checkMs, check)
    const feed = feeds.get(connection.id) ?? new Feed(parts, connection)
    feeds.set(connection.id, feed)
    feed.add(client)
  })

  app.addHook('preClose', async () => {
    cancelCheck?.()
    for (const { response } of clients) response.end()
    for (const feed of feeds.values()) feed.close()
  })

  function leave(client: Client, connection: Connection): void {
    clients.delete(client)
    const feed = feeds.get(connection.id)
    feed?.remove(client)
    if (feed?.isIdle === true) feeds.delete(connection.id)
    if (clients.size > 0) return
    cancelCheck?.()
    cancelCheck = undefined
  }

  function check(): void {
    const now = clock.monotonic()
    const isBeat = now - beatAt >= beatMs
    if (isBeat) beatAt = now
    for (const { response } of clients) if (isBeat) response.write(':\n\n')
    void endStale().finally(() => {
      if (cancelCheck !== undefined) cancelCheck = clock.after(checkMs, check)
    })
  }

  /** Ends the streams of those who may not see them any more. */
  async function endStale(): Promise<void> {
    const known = new Map<string, Promise<boolean>>()
    for (const client of clients) {
      const name = `${client.member.session.id} ${client.workspaceId}`
      const may = known.get(name) ?? mayWatch(client)
      known.set(name, may)
      // What cannot be asked now is asked again in a moment.
      if (!(await may.catch(() => true))) client.response.end()
    }
  }

  async function mayWatch({ member, workspaceId }: Client): Promise<boolean> {
    const session = await access.session(member.session.digest)
    if (session?.state !== 'full' || isOver(session, clock.now())) return false
    const membership = await access.membership(workspaceId, session.memberId)
    return membership !== undefined && isPermitted(membership.role, 'read')
  }
}

function tell({ response }: Client, told: Told): void {
  if (response.destroyed || response.writableEnded) return
  if (response.writableLength > mostUnsent) {
    response.destroy()
    return
  }
  response.write(messageOf(told))
}

function messageOf(told: Told): string {
  switch (told.type) {
    case 'row': {
      // People are masked here whoever looks: what passes by was not asked for.
      const line = lineOf(told.row, told.mapper, maskOf(told.row.identifiers))
      const id = told.isNew ? `id: ${told.row.seq}\n` : ''
      return `event: row\n${id}data: ${JSON.stringify(line)}\n\n`
    }
    case 'gone':
      return `event: gone\ndata: ${JSON.stringify({ seq: told.seq })}\n\n`
    case 'skipped':
      return `event: skipped\ndata: ${JSON.stringify({ events: told.events })}\n\n`
    default:
      return told satisfies never
  }
}

function lastIdOf(text: string | string[] | undefined): number | undefined {
  const number = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
  return number
}
