import type { PresetName, Settings } from '../settings.ts'
import { mappings } from './index.ts'

const hourMs = 3_600_000

const storefront: Settings = {
  preset: 'storefront',
  enabled: true,
  identity: 'anonymous-allowed',
  sendGuestsAtOnce: false,
  switches: {},
  rules: [],
  withoutRule: 'send',
  emailConsent: true,
  smsConsent: false,
  legacyNames: false,
  uniqueIds: 'store',
  mappings: {},
  passUnknown: true,
  pages: true,
  attribution: false,
  lateAfterMs: 24 * hourMs,
  onForbidden: 'narrow',
  patience: 'wait',
  retryCycleMs: 10 * hourMs,
}

/** Where a connection starts: it stores only what it changes of this. */
export const presets: Readonly<Record<PresetName, Settings>> = {
  storefront,
  platform: { ...storefront, preset: 'platform', identity: 'any-identifier', patience: 'cycle' },
  hub: {
    ...storefront,
    preset: 'hub',
    identity: 'email-only',
    rules: [
      {
        name: 'Shop events',
        events: mappings.flatMap(({ events = [] }) => events),
        decision: 'send',
      },
    ],
    withoutRule: 'drop',
    pages: false,
    attribution: true,
    onForbidden: 'hold',
  },
  stream: {
    ...storefront,
    preset: 'stream',
    identity: 'any-identifier',
    legacyNames: true,
    uniqueIds: 'given',
  },
  'try-on': { ...storefront, preset: 'try-on', identity: 'email-only', pages: false },
}

/** A preset with a connection's own differences. */
export function settingsOf(
  preset: PresetName,
  differences: Partial<Omit<Settings, 'preset'>> = {},
): Settings {
  return { ...presets[preset], ...differences }
}

/** Every function switched on (Z6), whatever the switches said before. */
export function allOn(settings: Settings): Settings {
  return { ...settings, switches: {}, pages: true }
}
