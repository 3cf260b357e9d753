const dayMs = 86_400_000

/** How long what comes and goes is kept. */
export const keep = {
  /** Events, once they are settled; what failed or waits for its shopper stays longer. */
  bodyMs: 30 * dayMs,
  /** Exchanges with Klaviyo. */
  attemptMs: 14 * dayMs,
} as const
