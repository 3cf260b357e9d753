import type { Access, Clock, Journal, Log } from '../core/index.ts'

const dayMs = 86_400_000
const everyMs = 3_600_000

/** Drops once an hour what has been kept long enough. The answer ends it. */
export function keepTidy(journal: Journal, access: Access, clock: Clock, log: Log): () => void {
  let cancel = clock.after(everyMs, tidy)
  function tidy(): void {
    journal
      .retain({
        now: clock.now(),
        // A guest's events wait so long for the guest to become known.
        bodyMs: 30 * dayMs,
        attemptMs: 14 * dayMs,
        seenMs: 30 * dayMs,
      })
      .catch((error: unknown) => {
        log.error({ error: String(error) }, 'Old events could not be dropped; trying again later')
      })
    // Sessions last seven days, links too, kept answers one.
    access.tidy(clock.now() - 8 * dayMs).catch((error: unknown) => {
      log.error({ error: String(error) }, 'Old sessions could not be dropped; trying again later')
    })
    cancel = clock.after(everyMs, tidy)
  }
  return () => cancel()
}
