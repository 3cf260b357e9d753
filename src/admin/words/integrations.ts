import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'Integrations',
    lead: 'Where the events of your stores go.',
    klaviyo: 'Klaviyo',
    klaviyoLead:
      'Email and SMS marketing. Each store sends to a Klaviyo account of its own, or several to one.',
    store: 'Store',
    account: 'Klaviyo account',
    state: 'State',
    notConnected: 'Not connected',
    manage: 'Manage Connection',
    manageOf: (store: string) => `Manage Connection of ${store}`,
    connect: 'Connect',
    connectOf: (store: string) => `Connect ${store}`,
    since: 'Events flow since',
    noStore: 'No store yet',
    noStoreMore: 'An integration carries the events of a store. Add the store first.',
    addStore: 'Add a store',
  },
  de: {
    title: 'Integrationen',
    lead: 'Wohin die Ereignisse Ihrer Shops gehen.',
    klaviyo: 'Klaviyo',
    klaviyoLead:
      'E-Mail- und SMS-Marketing. Jeder Shop sendet an ein eigenes Klaviyo-Konto, oder mehrere an eines.',
    store: 'Shop',
    account: 'Klaviyo-Konto',
    state: 'Zustand',
    notConnected: 'Nicht verbunden',
    manage: 'Verbindung verwalten',
    manageOf: (store: string) => `Verbindung von ${store} verwalten`,
    connect: 'Verbinden',
    connectOf: (store: string) => `${store} verbinden`,
    since: 'Ereignisse fließen seit',
    noStore: 'Noch kein Shop',
    noStoreMore:
      'Eine Integration überträgt die Ereignisse eines Shops. Legen Sie zuerst den Shop an.',
    addStore: 'Shop anlegen',
  },
})
