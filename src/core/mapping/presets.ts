import type { BrowserMay } from '../browser.ts'
import type { PresetName, Settings } from '../settings.ts'
import { mappings } from './index.ts'
import type { MetricMapping } from './mapping.ts'
import type { Rule } from './rule.ts'
import { tryOnMappings } from './try-on.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

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
  adminTracking: false,
  botTracking: false,
  storeDetails: true,
  flatten: false,
  emailAsPrimary: false,
  trackingConsent: 'off',
  amounts: 'shopper',
  productIds: 'product_id',
  klaviyoLinks: false,
  klaviyoScript: true,
  lateAfterMs: 24 * hourMs,
  onForbidden: 'narrow',
  patience: 'wait',
  retryCycleMs: 10 * hourMs,
  release: 'live',
  releaseCycleMs: 10 * minuteMs,
  confirmEveryMs: 10 * minuteMs,
}

/** Where a connection starts: it stores only what it changes of this. */
export const presets: Readonly<Record<PresetName, Settings>> = {
  storefront,
  platform: {
    ...storefront,
    preset: 'platform',
    identity: 'any-identifier',
    klaviyoScript: false,
    patience: 'cycle',
  },
  hub: {
    ...storefront,
    preset: 'hub',
    identity: 'email-only',
    klaviyoScript: false,
    botTracking: true,
    rules: [ruleFor('Shop events', mappings)],
    withoutRule: 'drop',
    pages: false,
    storeDetails: false,
    attribution: true,
    onForbidden: 'hold',
  },
  stream: {
    ...storefront,
    preset: 'stream',
    klaviyoScript: false,
    identity: 'any-identifier',
    botTracking: true,
    storeDetails: false,
    legacyNames: true,
    uniqueIds: 'given',
  },
  'try-on': {
    ...storefront,
    preset: 'try-on',
    klaviyoScript: false,
    identity: 'email-only',
    // C9: what the shop's own integration sends, this one leaves to it.
    rules: [ruleFor('Try-on events', tryOnMappings)],
    withoutRule: 'drop',
    storeDetails: false,
    pages: false,
  },
}

function ruleFor(name: string, ofMappings: readonly MetricMapping[]): Rule {
  return { name, events: ofMappings.flatMap(({ events = [] }) => events), decision: 'send' }
}

/** C14: what a key that stands in pages may say, unless somebody decides otherwise. */
export const browserMay: Readonly<Record<PresetName, BrowserMay>> = {
  storefront: 'behaviour',
  platform: 'behaviour',
  hub: 'everything',
  stream: 'everything',
  'try-on': 'behaviour',
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
