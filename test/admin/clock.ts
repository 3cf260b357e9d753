import type { Clock } from '../../src/core/index.ts'
import { systemClock } from '../../src/server/clock.ts'

/** The machine's time, which a test can put forward. */
export function movableClock(): Clock & { forward(ms: number): void } {
  let aheadMs = 0
  return {
    ...systemClock,
    now: () => Date.now() + aheadMs,
    forward(ms) {
      aheadMs += ms
    },
  }
}
