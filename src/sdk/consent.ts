import { drop, load, save } from './storage.ts'
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
 * mode. A browser that asks not to be sold (GPC) is heard in any case. `changed` is called after each news.
 */
export function openGate(mode: SdkSettings['consent'], changed: () => void): Gate {
  let own = load<ConsentDecision>('tp.consent')
  let heard: (ConsentDecision & { source: string }) | undefined
  /** A question to the shopper is open. */
  let asked = mode === 'opt-in'

  function hear(source: string, analytics: boolean, marketing: boolean): void {
    heard = { source, analytics, marketing }
    changed()
  }

  /** An entry of Google's data layer: `consent`, `default` or `update`, and what of. */
  function readEntry(entry: ArrayLike<unknown> | undefined): void {
    if (entry?.[0] !== 'consent') return
    const given = Object(entry[2]) as Record<string, string>
    const granted = (name: string) => given[name] !== 'denied'
    // A refusal by default is a question that was not answered yet.
    if (entry[1] === 'default' && !granted('analytics_storage')) asked = true
    else {
      const marketing = ['ad_storage', 'ad_user_data', 'ad_personalization'].every(granted)
      hear('consent-mode', granted('analytics_storage'), marketing)
    }
  }

  if (mode && mode !== 'off') {
    const page = window as unknown as Page
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
      const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
      const decided = own
        ? { ...own, source: 'shop' }
        : (heard ?? (!asked && { analytics: true, marketing: true, source: 'default' }))
      return decided ? { ...decided, marketing: decided.marketing && !gpc, gpc } : undefined
    },
    decide({ analytics, marketing }) {
      own = { analytics, marketing }
      if (analytics) save('tp.consent', own)
      else drop('tp.consent')
      changed()
    },
  }
}

interface Page {
  dataLayer?: (ArrayLike<unknown> | undefined)[]
  __tcfapi?: (command: string, version: number, callback: (data: TcfData) => void) => void
}

interface TcfData {
  readonly gdprApplies?: boolean
  readonly eventStatus?: string
  readonly purpose?: { readonly consents?: Readonly<Record<number, boolean>> }
}
