import type { Static } from 'typebox'
import type * as api from '../../api/index.ts'
import type { Settings } from '../../core/index.ts'

export function settingsShape(settings: Settings): Static<typeof api.Settings> {
  // Data through and through; what is read-only here is written out as it is.
  return structuredClone(settings) as Static<typeof api.Settings>
}
