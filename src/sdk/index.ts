import { startTillpost as start } from './start.ts'
import type { SdkSettings, Tillpost } from './tillpost.ts'

/** For shops that bundle their own scripts; the others load `/sdk/<browser key>.js` from the server. */
export function startTillpost(settings: SdkSettings): Tillpost {
  const chance = new Uint32Array(1)
  return start(settings, {
    now: () => new Date().getTime(),
    random: () => (crypto.getRandomValues(chance)[0] ?? 0) / 2 ** 32,
  })
}

export type { CallOptions, ConsentDecision, Fields, SdkSettings, Tillpost } from './tillpost.ts'
