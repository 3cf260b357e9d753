import type { Connection, DestinationRow, Engine, Live, ReasonCode } from '../core/index.ts'
import { reasons } from '../core/index.ts'

/**
 * What a connection is doing at this moment. Where another node runs it, that is what everybody can read: what
 * holds it, and else that its events wait for their turn.
 */
export function liveOf(
  engine: Engine,
  connection: Connection,
  destination: DestinationRow | undefined,
): Live {
  const own = engine.live(connection.id)
  if (own !== undefined) return own
  if (connection.state === 'paused') return { state: 'held', reason: 'paused', perMinute: 0 }
  const reason = destination?.state === 'error' ? destination.error?.reason : undefined
  if (reason !== undefined && isReason(reason)) return { state: 'held', reason, perMinute: 0 }
  return { state: 'waiting', perMinute: 0 }
}

function isReason(text: string): text is ReasonCode {
  return Object.hasOwn(reasons, text)
}
