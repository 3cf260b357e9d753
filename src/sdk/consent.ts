import { load, save } from './storage.ts'
import type { ConsentDecision, SdkSettings } from './tillpost.ts'

/** What holds at the moment; travels with every event. */
interface Consent extends ConsentDecision {
  readonly source: string
  readonly gpc: boolean | undefined
}

export interface Gate {
  /** Undefined: the shopper has not decided yet. */
  current(): Consent | undefined
  decide(decision: ConsentDecision): void
}

/**
 * What the shopper allows: by the shop's own call, else by Google's Consent Mode or IAB's TCF, else by the
 * mode. A browser that asks not to be sold (GPC), and a shopper who did (IAB's GPP), is heard in any case.
 * `changed` is called after each news.
 */
export function openGate(mode: SdkSettings['consent'], changed: () => void): Gate {
  let own = load<ConsentDecision>('tp.consent')
  let heard: (ConsentDecision & { source: string }) | undefined
  /** A question to the shopper is open. */
  let asked = mode === 'opt-in'
  const googles = {}
  /** By GPC or GPP: nothing of the shopper may be sold or shared. */
  let unsold = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
  const page = window as unknown as Page

  function hear(source: string, analytics: boolean, marketing: boolean): void {
    heard = { source, analytics, marketing }
    changed()
  }

  /** An entry of Google's data layer: `consent`, `default` or `update`, and what of. */
  function readEntry(entry: ArrayLike<unknown> | undefined): void {
    if (entry?.[0] !== 'consent') return
    // An update says what is new: the rest stays as it was.
    Object.assign(googles, entry[2])
    const analytics = !says(googles, /cs_storage":"denied/)
    // A refusal by default is a question that was not answered yet.
    if (entry[1] === 'default' && !analytics) asked = true
    // `ad_storage`, `ad_user_data`, `ad_personalization`
    else hear('consent-mode', analytics, !says(googles, /ad_\w+":"denied/))
  }

  page['__gpp']?.('addEventListener', (news) => {
    // In the sections of the states: `SaleOptOut`, `SharingOptOut`, `TargetedAdvertisingOptOut`; 1: opted out.
    unsold ||= says(news, /OptOut":1/)
    changed()
  })
  if (mode && mode !== 'off') {
    const layer = (page.dataLayer ??= [])
    const push = layer.push
    layer.push = (...entries) => {
      entries.forEach(readEntry)
      return push.apply(layer, entries)
    }
    layer.forEach(readEntry)
    page['__tcfapi']?.('addEventListener', 2, ({ gdprApplies, eventStatus, purpose }) => {
      const may = (...purposes: number[]) =>
        gdprApplies === false || purposes.every((one) => purpose?.consents?.[one])
      // Stored on the device (1); content measured (8); a profile made and used for advertising (3, 4).
      if (eventStatus === 'cmpuishown') asked = true
      else hear('tcf', may(1, 8), may(1, 3, 4))
    })
  }

  return {
    current() {
      const decided = own
        ? { ...own, source: 'shop' }
        : (heard ?? (!asked && { analytics: true, marketing: true, source: 'default' }))
      return decided
        ? { ...decided, marketing: decided.marketing && !unsold, gpc: unsold }
        : undefined
    },
    decide({ analytics, marketing }) {
      own = { analytics, marketing }
      // After a refusal whoever hears of it drops all that was kept.
      if (analytics) save('tp.consent', own)
      changed()
    },
  }
}

/** Signals come as nested as they like; what counts is short. */
function says(news: object, what: RegExp): boolean {
  return what.test(JSON.stringify(news))
}

interface Page {
  dataLayer?: (ArrayLike<unknown> | undefined)[]
  __gpp?: (command: string, callback: (news: object) => void) => void
  __tcfapi?: (command: string, version: number, callback: (data: TcfData) => void) => void
}

interface TcfData {
  readonly gdprApplies?: boolean
  readonly eventStatus?: string
  readonly purpose?: { readonly consents?: Readonly<Record<number, boolean>> }
}
