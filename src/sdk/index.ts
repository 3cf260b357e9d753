import { startTillpost as start } from './start.ts'
import type { SdkSettings, Tillpost } from './tillpost.ts'

/** For shops that bundle their own scripts; the others load `/sdk/<browser key>.js` from the server. */
export function startTillpost(settings: SdkSettings): Tillpost {
  return start(settings, () => new Date().getTime())
}

export type { CallOptions, ConsentDecision, SdkSettings, Tillpost } from './tillpost.ts'
