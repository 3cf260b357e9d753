import { catalogue } from '../language.ts'

/** What acts begin with. */
export const topics = [
  'member',
  'klaviyo',
  'connection',
  'settings',
  'destination',
  'doubles',
  'store',
  'source',
  'segment',
  'metrics',
  'event',
  'failed',
  'people',
  'token',
  'workspace',
  'audit',
] as const
type Topics = Readonly<Record<(typeof topics)[number], string>>

const topicNames: { readonly en: Topics; readonly de: Topics } = {
  en: {
    member: 'Members',
    klaviyo: 'Connecting Klaviyo',
    connection: 'Connections',
    settings: 'Settings, rules and mappings',
    destination: 'Klaviyo accounts',
    doubles: 'What counts twice',
    store: 'Stores',
    source: 'Sources',
    segment: 'Segments',
    metrics: 'What counts as revenue',
    event: 'Events',
    failed: 'Failed events',
    people: 'Shoppers’ details',
    token: 'API tokens',
    workspace: 'The workspace',
    audit: 'This trail',
  },
  de: {
    member: 'Mitglieder',
    klaviyo: 'Verbinden mit Klaviyo',
    connection: 'Verbindungen',
    settings: 'Einstellungen, Regeln und Zuordnungen',
    destination: 'Klaviyo-Konten',
    doubles: 'Was doppelt zählt',
    store: 'Shops',
    source: 'Quellen',
    segment: 'Segmente',
    metrics: 'Was als Umsatz zählt',
    event: 'Ereignisse',
    failed: 'Fehlgeschlagene Ereignisse',
    people: 'Angaben zu Personen',
    token: 'API-Tokens',
    workspace: 'Der Arbeitsbereich',
    audit: 'Dieses Protokoll',
  },
}

export const words = catalogue({
  en: {
    title: 'Admin trail: who did what',
    lead: 'Who changed what, when and from where. Nobody can change or remove a row without it showing. What went to Klaviyo stands in the audit log.',
    at: 'Time',
    by: 'Who',
    what: 'What',
    change: 'Change',
    from: 'From',
    here: 'this machine',
    about: 'About',
    topics: topicNames.en,
    kinds: {
      member: 'A former member',
      token: 'An API token',
      local: 'On the server',
      nobody: 'Nobody signed in',
    },
    export: 'Export as CSV',
    whole: (n: number, rows: string) =>
      n === 1
        ? 'Chain verified: the one row is as it was written.'
        : `Chain verified: all ${rows} rows are as they were written.`,
    broken: (row: string) =>
      `Row ${row} is not as it was written: somebody edited, added or removed rows in the database. Compare with an earlier export.`,
    none: 'Nothing has been changed yet',
    noneMore:
      'Every change to the workspace stands here: who made it, from where, before and after.',
    noneFound: 'Nothing of this kind',
  },
  de: {
    title: 'Änderungsprotokoll: wer was tat',
    lead: 'Wer was geändert hat, wann und von wo. Niemand kann eine Zeile ändern oder entfernen, ohne dass es sich zeigt. Was zu Klaviyo ging, steht im Sync-Protokoll.',
    at: 'Zeit',
    by: 'Wer',
    what: 'Was',
    change: 'Änderung',
    from: 'Von',
    here: 'dieser Rechner',
    about: 'Worüber',
    topics: topicNames.de,
    kinds: {
      member: 'Ein früheres Mitglied',
      token: 'Ein API-Token',
      local: 'Auf dem Server',
      nobody: 'Niemand angemeldet',
    },
    export: 'Als CSV exportieren',
    whole: (n: number, rows: string) =>
      n === 1
        ? 'Kette geprüft: die eine Zeile ist, wie sie geschrieben wurde.'
        : `Kette geprüft: alle ${rows} Zeilen sind, wie sie geschrieben wurden.`,
    broken: (row: string) =>
      `Zeile ${row} ist nicht, wie sie geschrieben wurde: in der Datenbank wurden Zeilen geändert, hinzugefügt oder entfernt. Vergleichen Sie mit einem früheren Export.`,
    none: 'Noch wurde nichts geändert',
    noneMore: 'Jede Änderung am Arbeitsbereich steht hier: wer, von wo, vorher und nachher.',
    noneFound: 'Nichts von dieser Art',
  },
})
