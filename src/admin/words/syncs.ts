import { catalogue } from '../language.ts'

const lanes = {
  en: new Map([
    ['catalog', 'catalog'],
    ['backfill', 'backfill'],
  ]),
  de: new Map([
    ['catalog', 'Katalog'],
    ['backfill', 'Nachlieferung'],
  ]),
}

const things = new Map([
  ['events', 'Ereignisse'],
  ['profiles', 'Profile'],
  ['subscriptions', 'Abonnements'],
])

function capitalOf(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const words = catalogue({
  en: {
    title: 'Audit log: syncs with Klaviyo',
    lead: 'Every exchange with Klaviyo: what was synced, how many, when, and with which result. What people did here stands in the admin trail.',
    at: 'Time',
    what: 'What',
    whatIs: (what: string, lane: string) =>
      [capitalOf(what), lanes.en.get(lane)].filter((word) => word !== undefined).join(' · '),
    store: 'Connection',
    result: 'Result',
    count: 'Count',
    duration: 'Duration',
    export: 'Export as CSV',
    onlyErrors: 'Errors only',
    results: {
      accepted: 'Accepted',
      refused: 'Refused',
      limited: 'Asked to wait',
      'no answer': 'No answer',
      trouble: 'Klaviyo had trouble',
    },
    none: 'No exchange yet',
    noneMore: 'As soon as something is sent to Klaviyo, it stands here with its result.',
    noErrors: 'No errors',
    noErrorsMore: 'Klaviyo took everything that was sent.',
  },
  de: {
    title: 'Sync-Protokoll: Austausch mit Klaviyo',
    lead: 'Jeder Austausch mit Klaviyo: was übertragen wurde, wie viel, wann, mit welchem Ergebnis. Was Menschen hier taten, steht im Änderungsprotokoll.',
    at: 'Zeit',
    what: 'Was',
    whatIs: (what: string, lane: string) =>
      [things.get(what) ?? capitalOf(what), lanes.de.get(lane)]
        .filter((word) => word !== undefined)
        .join(' · '),
    store: 'Verbindung',
    result: 'Ergebnis',
    count: 'Anzahl',
    duration: 'Dauer',
    export: 'Als CSV exportieren',
    onlyErrors: 'Nur Fehler',
    results: {
      accepted: 'Angenommen',
      refused: 'Abgelehnt',
      limited: 'Sollte warten',
      'no answer': 'Keine Antwort',
      trouble: 'Klaviyo hatte Schwierigkeiten',
    },
    none: 'Noch kein Austausch',
    noneMore: 'Sobald etwas an Klaviyo gesendet wird, steht es hier mit seinem Ergebnis.',
    noErrors: 'Keine Fehler',
    noErrorsMore: 'Klaviyo hat alles angenommen, was gesendet wurde.',
  },
})
