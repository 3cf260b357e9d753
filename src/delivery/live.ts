import type { Clock, Destination, Live } from '../core/index.ts'
import { ways } from '../core/index.ts'
import type { Run } from './run.ts'

/** What a connection does at this moment. */
export function liveOf(run: Run, clock: Clock): Live {
  const { connection, outlet, tempo, confirm } = run
  const { gate } = outlet
  const told = {
    perMinute: tempo.perMinute(),
    ...(confirm.isForbidden ? { cannotConfirm: true as const } : {}),
    ...(gate.lastSuccessAt === undefined ? {} : { lastSuccessAt: gate.lastSuccessAt }),
    ...(gate.lastError === undefined ? {} : { lastError: gate.lastError }),
  }
  if (connection.state === 'paused') return { state: 'held', reason: 'paused', ...told }
  if (gate.hold !== undefined) return { state: 'held', reason: gate.hold.reason, ...told }
  if (gate.closedMs() > 0 && gate.retryReason !== undefined) {
    return { state: 'retrying', reason: gate.retryReason, nextAt: gate.retryAt, ...told }
  }
  const throttledMs = gate.throttled ? longestWaitMs(outlet.destination) : 0
  if (throttledMs > 0) {
    const nextAt = clock.now() + throttledMs
    return { state: 'retrying', reason: 'rate_limited', nextAt, ...told }
  }
  if (!run.roadClear) {
    const cappedMs = run.cap.waitMs(connection.settings.requestsPerSecond)
    return cappedMs === 0
      ? { state: 'sending', ...told }
      : { state: 'waiting', reason: 'own_cap', nextAt: clock.now() + cappedMs, ...told }
  }
  const { releaseAt } = run
  if (releaseAt === undefined) return { state: 'waiting', ...told }
  return { state: 'waiting', reason: 'release_cycle', nextAt: releaseAt, ...told }
}

function longestWaitMs(destination: Destination): number {
  return Math.max(...ways.map((way) => destination.waitMs(way)))
}
