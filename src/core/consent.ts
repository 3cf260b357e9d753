import type { Event, JsonObject } from './event.ts'
import { type Draft, objectOf } from './json.ts'
import type { Settings } from './settings.ts'

/**
 * Whether the shopper allowed tracking, as the event says it: the browser SDK's `analytics`, or the category
 * of that name in Segment's consent wrappers. Undefined: it says nothing.
 */
export function consentIn(context: JsonObject): boolean | undefined {
  const consent = objectOf(context['consent'])
  if (consent === undefined) return undefined
  const { analytics } = consent
  if (typeof analytics === 'boolean') return analytics
  const categories = objectOf(consent['categoryPreferences'])
  if (categories === undefined) return undefined
  for (const [name, given] of Object.entries(categories)) {
    if (name.toLowerCase() === 'analytics' && typeof given === 'boolean') return given
  }
  return undefined
}

/** Which events have to say it. */
export function consentNeed({
  consentSignal,
  trackingConsent,
}: Settings): (event: Event) => boolean {
  switch (consentSignal ?? (trackingConsent === 'opt-in' ? 'pages' : 'off')) {
    case 'all':
      return () => true
    case 'pages':
      return isOfPage
    case 'off':
      return () => false
  }
}

/** It came under a page's key, or names the page that it happened on, as every SDK for browsers does. */
function isOfPage({ browser, context }: Event): boolean {
  return browser !== undefined || objectOf(context?.['page']) !== undefined
}

/**
 * The shopper's browser asks that nothing about him is sold or shared (Global Privacy Control), whatever
 * the page says: marketing counts as refused, and the ids that advertisers gave him are not kept.
 */
export function refuseSale(draft: Draft): void {
  const context = { ...objectOf(draft['context']) }
  for (const id of advertisers) if (id in context) delete context[id]
  context['consent'] = { ...objectOf(context['consent']), marketing: false, gpc: true }
  draft['context'] = context
}

const advertisers = ['gclid', 'fbclid', '_fbp', '_fbc', '_kx', 'fbp', 'fbc']
