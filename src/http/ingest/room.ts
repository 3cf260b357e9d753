import { type Clock, JournalUnavailable, type Log } from '../../core/index.ts'

/**
 * How much may be under way at once. While the journal cannot take anything, requests are kept waiting
 * here: SDKs give up after a few tries, and the journal is often back at once.
 */
export interface Room {
  /** False: there is no place for so many more bytes. */
  enter(bytes: number): boolean
  leave(bytes: number): void
  /** Does `work`, again while the journal is away. Rejects with `JournalUnavailable` when that lasts. */
  keep(work: () => Promise<unknown>): Promise<void>
  /** The journal took what it was last given. */
  readonly open: boolean
}

const maxBytes = 64 * 1024 * 1024
const patienceMs = 5000
const pauseMs = 200

export function makeRoom(clock: Clock, log: Log): Room {
  let bytesInside = 0
  let awaySince: number | undefined
  const inTime = deadlines(clock, 2 * patienceMs)

  function missed(error: JournalUnavailable): void {
    if (awaySince !== undefined) return
    awaySince = clock.monotonic()
    log.error({ problem: error.message }, 'The journal takes nothing: events are kept waiting')
  }

  function reached(): void {
    if (awaySince === undefined) return
    const awayMs = Math.round(clock.monotonic() - awaySince)
    awaySince = undefined
    log.info({ awayMs }, 'The journal takes events again')
  }

  async function keep(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work()
        reached()
        return
      } catch (error) {
        if (!(error instanceof JournalUnavailable)) throw error
        missed(error)
        // Counted from when it went away, not from this request: what comes later is turned away at once.
        if (awaySince !== undefined && clock.monotonic() - awaySince >= patienceMs) throw error
      }
      await new Promise<void>((resolve) => {
        clock.after(pauseMs, resolve)
      })
    }
  }

  return {
    enter(bytes) {
      if (bytesInside + bytes > maxBytes) return false
      bytesInside += bytes
      return true
    },
    leave(bytes) {
      bytesInside -= bytes
    },
    keep: (work) => inTime(keep(work)),
    get open() {
      return awaySince === undefined
    },
  }
}

/**
 * A journal that does not answer is as far away as one that says so. One timer for all that wait: one
 * for each costs a single call a twentieth of its time.
 */
function deadlines(clock: Clock, ms: number): (work: Promise<void>) => Promise<void> {
  const waiting = new Set<{ readonly since: number; readonly reject: (error: Error) => void }>()
  let cancel: (() => void) | undefined

  function sweep(): void {
    const now = clock.monotonic()
    // In the order of their coming.
    for (const one of waiting) {
      if (now - one.since < ms) break
      waiting.delete(one)
      one.reject(new JournalUnavailable('The journal does not answer.'))
    }
    cancel = waiting.size === 0 ? undefined : clock.after(sweepMs, sweep)
  }

  return (work) =>
    new Promise((resolve, reject) => {
      const one = { since: clock.monotonic(), reject }
      waiting.add(one)
      cancel ??= clock.after(sweepMs, sweep)
      const over = () => {
        waiting.delete(one)
        if (waiting.size > 0) return
        cancel?.()
        cancel = undefined
      }
      work.then(
        () => {
          over()
          return resolve()
        },
        (error: Error) => {
          over()
          reject(error)
        },
      )
    })
}

const sweepMs = 1000
