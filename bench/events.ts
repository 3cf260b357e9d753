import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** An SDK's event as it comes over the wire, one a JSON object. */
export type WireEvent = Record<string, unknown>

interface Generator {
  generateEvents(
    n: number,
    options: { seed?: number; stage: 'client'; users?: number },
  ): WireEvent[]
}

const shared = new URL('../../shared/tools/events.mjs', import.meta.url)

/**
 * The mix that the figures are for, per 100 events: 40 Product Viewed, 25 Product Added, 10 Checkout Started,
 * 10 Order Completed of three lines, 15 identify. Deterministic.
 */
export async function wireEvents(n: number, seed = 42): Promise<WireEvent[]> {
  if (!existsSync(fileURLToPath(shared))) {
    throw new Error(
      'The benches need the event generator at ../shared/tools/events.mjs beside the project.',
    )
  }
  const generator = (await import(shared.href)) as Generator
  return generator.generateEvents(n, { seed, stage: 'client' })
}
