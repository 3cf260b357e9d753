import {
  type Access,
  type Clock,
  type Config,
  type Journal,
  keep,
  type Log,
} from '../core/index.ts'

const dayMs = 86_400_000
const everyMs = 3_600_000

interface Parts {
  readonly journal: Journal
  readonly config: Config
  readonly access: Access
  readonly clock: Clock
  readonly log: Log
}

/** Drops once an hour what has been kept long enough. The answer ends it. */
export function keepTidy(parts: Parts): () => void {
  const { journal, access, clock, log } = parts
  let cancel = clock.after(everyMs, tidy)
  function tidy(): void {
    // What is let go of as failed is needed no more.
    expireFailed(parts)
      .then(() =>
        journal.retain({
          now: clock.now(),
          // A guest's events wait so long for the guest to become known.
          bodyMs: keep.bodyMs,
          attemptMs: keep.attemptMs,
          seenMs: 30 * dayMs,
        }),
      )
      .catch((error: unknown) => {
        log.error({ error: String(error) }, 'Old events could not be dropped; trying again later')
      })
    // Sessions last seven days, links too, kept answers one.
    access.tidy(clock.now() - 8 * dayMs).catch((error: unknown) => {
      log.error(
        { error: String(error) },
        'Old sessions and links could not be dropped; trying again later',
      )
    })
    cancel = clock.after(everyMs, tidy)
  }
  return () => cancel()
}

/** Failed events are kept for good, unless a connection's settings say how long; that is told a day before. */
export async function expireFailed({
  journal,
  config,
  clock,
  log,
}: Omit<Parts, 'access'>): Promise<void> {
  for (const { workspaceId, id: connectionId, sourceId, settings } of await config.connections()) {
    const place = { workspaceId, connectionId, sourceId }
    const expiry = await journal.expireFailed(place, settings.keepFailedMs, clock.now())
    if (expiry === undefined) continue
    const { startsAt, isTold, count, deleted } = expiry
    const fields = { connection: connectionId, keepMs: settings.keepFailedMs }
    if (isTold) {
      const from = new Date(startsAt).toISOString()
      log.warn({ ...fields, count, from }, 'Failed events will be deleted, from the time named on')
    }
    if (deleted > 0) log.warn({ ...fields, deleted }, 'Failed events were deleted')
  }
}
