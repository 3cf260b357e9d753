import { catalogue } from '../language.ts'

/** Where the cause of a reason is put right. */
export const words = catalogue({
  en: {
    label: 'To put it right',
    ways: {
      answers: 'What Klaviyo answered',
      key: 'Connect again',
      list: 'The list for subscriptions',
      permissions: 'Permissions of the key',
      resume: 'Resume the connection',
      rules: 'Rules',
      send: 'What we send',
      settings: 'Settings of the connection',
      stores: 'The store’s country',
    },
  },
  de: {
    label: 'Beheben',
    ways: {
      answers: 'Was Klaviyo antwortete',
      key: 'Neu verbinden',
      list: 'Die Liste für Anmeldungen',
      permissions: 'Berechtigungen des Schlüssels',
      resume: 'Verbindung fortsetzen',
      rules: 'Regeln',
      send: 'Was wir senden',
      settings: 'Einstellungen der Verbindung',
      stores: 'Das Land des Shops',
    },
  },
})
