import { openGate } from './consent.ts'
import { newId } from './id.ts'
import { loadKlaviyo, rememberLogin } from './klaviyo.ts'
import { openQueue } from './queue.ts'
import { drop, keysOf } from './storage.ts'
import type {
  CallOptions,
  Clock,
  ConsentDecision,
  Fields,
  SdkSettings,
  Tillpost,
} from './tillpost.ts'
import { anonymousId, forget, isFirstView, know, placeNow, userId, visitOf } from './visit.ts'

/** Each has a call of its own, named after it: `addedToCart`. */
const events =
  'Viewed Product,Added to Cart,Started Checkout,Generated OnYou TryOn,OnYou Tryon Completed,' +
  'Tolstoy Last Product Viewed,Generated In-Store TryOn,Requested TryOn to Email'

/** Calls held before the shopper has decided. */
const maxHeld = 50

/** Starts the SDK on this page. */
export function startTillpost(settings: SdkSettings, now: Clock): Tillpost {
  const { klaviyo } = settings
  const queue = openQueue(settings, now)
  const held: (() => void)[] = []
  const gate = openGate(settings.consent, guard(consentChanged))

  /** Does it when the shopper allows it: now, later, or never. */
  function whenAllowed(act: () => void): void {
    const consent = gate.current()
    if (consent?.analytics) act()
    else if (!consent && held.length < maxHeld) held.push(guard(act))
  }

  function consentChanged(): void {
    const consent = gate.current()
    if (!consent) return
    if (consent.analytics) {
      for (const act of held.splice(0)) act()
      startKlaviyo()
      queue.flush()
    } else {
      held.length = 0
      forget()
      keysOf('tp.').forEach(drop)
    }
  }

  function startKlaviyo(): void {
    if (klaviyo && gate.current()?.marketing) {
      void loadKlaviyo(klaviyo, (login, result) => {
        send('track', {
          event: 'klaviyo.identify',
          properties: { result },
          messageId: `${login}.klaviyo`,
        })
      })
    }
  }

  /** `isOwn`: a page view of our own accord, for `Active on Site` alone. */
  function send(type: string, fields: Fields, options?: CallOptions, isOwn?: boolean): string {
    const messageId = newId()
    const place = placeNow()
    const at = now()
    whenAllowed(() => {
      if (type === 'identify') know(fields['userId'] as string | undefined)
      const consent = gate.current()!
      const visit = visitOf(place, at, consent.marketing)
      const activeOnSite = type === 'page' ? !klaviyo && isFirstView() : undefined
      if (isOwn && !activeOnSite) return
      queue.add({
        type,
        messageId,
        anonymousId: anonymousId(),
        userId: userId() || undefined,
        timestamp: at,
        ...fields,
        context: {
          ...visit,
          consent,
          activeOnSite,
          token: options?.token,
        },
      })
    })
    return messageId
  }

  /** Without an id the traits come first. */
  function identify(
    id: string | number | Fields | undefined,
    traits?: Fields,
    options?: CallOptions,
  ): void {
    if (typeof id === 'object') return identify(undefined, id, traits)
    const known = id?.toString()
    const login = send('identify', { userId: known, traits }, options)
    whenAllowed(() => {
      rememberLogin(login, {
        email: traits?.['email'],
        phone_number: traits?.['phone'],
        external_id: known,
      })
      startKlaviyo()
    })
  }

  function track(event: string, properties?: Fields, options?: CallOptions): void {
    send('track', { event, properties }, options)
  }

  const calls: Record<string, (...given: never[]) => unknown> = {
    identify,
    track,
    page: (name?: string, properties?: Fields) => send('page', { name, properties }),
    // Without a previous id the event's anonymous id says who is meant.
    alias: (id: string, previousId?: string) => send('alias', { userId: id, previousId }),
    reset: () => whenAllowed(forget),
    consent: (decision: ConsentDecision) => gate.decide(decision),
    searched: (query: string, properties?: Fields) =>
      track('Searched Site', { query, ...properties }),
  }
  for (const event of events.split(',')) {
    calls[callOf(event)] = (properties: Fields, options?: CallOptions) =>
      track(event, properties, options)
  }
  for (const event of ['Logged In', 'Signed Up']) {
    calls[callOf(event)] = (id: string, traits?: Fields, options?: CallOptions) => {
      identify(id, traits, options)
      track(event, undefined, options)
    }
  }
  for (const name in calls) calls[name] = guard(calls[name]!)

  consentChanged()
  send('page', {}, undefined, true)
  for (const moment of ['pagehide', 'visibilitychange', 'online']) {
    addEventListener(
      moment,
      guard(() => queue.flush(true)),
    )
  }
  return calls as unknown as Tillpost
}

/** Whatever goes wrong, the page goes on. */
function guard<Given extends unknown[]>(
  call: (...given: Given) => unknown,
): (...given: Given) => void {
  return (...given) => {
    try {
      call(...given)
    } catch {
      // A shop is not to suffer from its tracking.
    }
  }
}

function callOf(event: string): string {
  return event.replace(
    /^.|[ -](.)/g,
    (first, next?: string) => next?.toUpperCase() ?? first.toLowerCase(),
  )
}
