import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { type DestinationRow, type OfferedSegment, reasons } from '../../core/index.ts'
import { Problem } from '../problem.ts'
import { isReason } from '../query.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

/** Customer Segments (T49–T54): definitions at Klaviyo, which keeps them up to date by itself. */
export function serveSegments(serve: Serve, parts: AdminParts): void {
  const { klaviyo } = parts

  serve(api.listSegments, async ({ params }) => {
    const offered = await klaviyo.segments(await connected(params))
    return { data: offered.map(segmentShape) }
  })

  serve(api.createSegment, async (ask) => {
    const destination = await connected(ask.params)
    const { name } = ask.body
    const answer = await klaviyo.createSegment(destination, name)
    if (answer === undefined) {
      throw new Problem(422, 'unknown_segment', 'There is no segment of this name to create.')
    }
    const { offered, made } = answer
    if (made.type === 'metric_missing') {
      throw new Problem(
        409,
        'metric_missing',
        `Klaviyo has no event "${made.metric}" yet, so it cannot be asked for. Make one with a test shopper’s ` +
          'email address, wait a minute or two, then try again.',
      )
    }
    if (made.type === 'failed') {
      if (made.status === 429) {
        throw new Problem(429, 'klaviyo_busy', made.message, {
          retryAfterMs: made.retryAfterMs ?? 60_000,
        })
      }
      throw new Problem(502, 'klaviyo_refused', made.message)
    }
    const created = made.type === 'created'
    if (created) {
      const act = ask.act('segment.create', destination.id, {
        after: { name, id: made.segment.id },
      })
      await parts.access.note(act)
    }
    return { created, segment: segmentShape({ ...offered, there: made.segment }) }
  })

  serve(api.mapMetrics, async (ask) => {
    const destination = await connected(ask.params)
    const data = await klaviyo.mapMetrics(destination)
    const changed = data.filter(({ outcome }) => outcome === 'mapped').map(({ slot }) => slot)
    if (changed.length > 0) {
      await parts.access.note(ask.act('metrics.map', destination.id, { after: { changed } }))
    }
    return { data: data.map((slot) => ({ ...slot })) }
  })

  /** T52: only while Klaviyo is connected. Throws a `Problem`. */
  async function connected({
    workspaceId,
    destinationId,
  }: {
    readonly workspaceId: string
    readonly destinationId: string
  }): Promise<DestinationRow> {
    const { config } = parts
    const destination = (await config.destinations(workspaceId)).find(
      ({ id }) => id === destinationId,
    )
    if (destination === undefined) throw nothingHere()
    const connections = await config.connections(workspaceId)
    const isConnected = connections.some(
      (one) => one.destinationId === destinationId && one.state !== 'disconnected',
    )
    if (!isConnected) {
      throw new Problem(409, 'not_connected', 'Klaviyo is not connected. Connect it first.')
    }
    if (destination.state === 'connected') return destination
    const { reason = '' } = destination.error ?? {}
    const { sentence, todo } = reasons[isReason(reason) ? reason : 'key_invalid']
    throw new Problem(409, 'klaviyo_refuses', `${sentence} ${todo}`)
  }
}

function segmentShape({
  name,
  says,
  metric,
  isReady,
  there,
}: OfferedSegment): Static<typeof api.Segment> {
  const shape = { name, says, metric }
  if (there === undefined)
    return { ...shape, state: 'absent', ...(isReady === undefined ? {} : { ready: isReady }) }
  if ('failed' in there) return { ...shape, state: 'unknown', why: [there.failed] }
  const { id, members, processing } = there
  return {
    ...shape,
    state: 'there',
    id,
    processing,
    ...(members === undefined ? {} : { members }),
    ...(members === 0 || members === undefined ? { why: emptyBecause(metric, processing) } : {}),
  }
}

/** T54. */
function emptyBecause(metric: string, processing: boolean): string[] {
  return [
    `Nobody with an email address has an event "${metric}" that Klaviyo has counted yet.`,
    'Make one with a test shopper’s email address.',
    processing
      ? 'Klaviyo is still working out who belongs to it. That takes some minutes.'
      : 'Klaviyo needs some minutes to work out who belongs to it.',
  ]
}
