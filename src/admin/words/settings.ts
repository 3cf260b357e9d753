import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'Settings',
    lead: 'What holds for the whole workspace and for each of its stores.',
    notAllowed: 'Your role may look at this, and not change it.',
    save: 'Save',
    saved: 'Saved.',
    savedSettings: 'Saved. It holds for everything that has not been sent yet.',
    workspace: 'Workspace',
    name: 'Name',
    flags: {
      klaviyo: {
        label: 'Send to Klaviyo',
        more: 'No: events of every store end as not sent, whatever a connection’s own switch says.',
        title: 'Send nothing to Klaviyo?',
        off: 'Until you switch it on again, events of every store in this workspace end as not sent. They are not sent later by themselves.',
        do: 'Switch off',
      },
    },
    store: 'Store',
    storeLead: (key: string) => `Its unique ids begin with ${key}, for good.`,
    which: 'Which store',
    noStore: 'No store yet. Add one under Stores and sources; its settings are here then.',
    domain: 'Domain',
    country: 'Country',
    countryMore: 'Two letters, as DE: reads phone numbers without a country code.',
    currency: 'Currency',
    currencyMore: 'Three letters, as EUR: for amounts that name none.',
    stays: 'This can be changed, not emptied.',
    needed: 'Give it a name.',
    privacy: 'Consent and privacy',
    notConnected: 'Connect the store to Klaviyo; then this can be set.',
    trackingConsent: 'Shop pages track',
    trackingConsents: {
      off: 'Without asking for consent',
      'opt-in': 'Once the shopper has agreed',
      'opt-out': 'Until the shopper refuses',
    },
    consentSignal: 'Events are sent only with the shopper’s consent',
    consentSignalMore: 'An event that needs a consent and does not say so ends as not sent.',
    consentSignals: {
      usual: 'Those of shop pages, where pages wait for agreement',
      off: 'None needs it',
      pages: 'Those of shop pages',
      all: 'All, those of the shop’s server too',
    },
    amounts: 'Amounts',
    amountsOf: {
      shopper: 'In the currency that the shopper saw',
      store: 'In the store’s own currency',
    },
    productIds: 'Products are named by',
    productIdsBy: {
      product_id: 'Product id',
      variant_id: 'Id of the variant',
      sku: 'SKU',
    },
    productIdsMore: 'The same as in Klaviyo’s catalog, or its emails cannot show the product.',
    klaviyoLinks: 'Links in Klaviyo’s emails tell who the guest is',
    klaviyoLinksMore: 'A guest who came by such a link is sent as the person it was sent to.',
    kept: 'How long we keep it',
    keptBody: 'What an event said',
    keptAttempts: 'What was sent to Klaviyo, and its answers',
    keptFailed: 'Failed events',
    days: (n: number) => (n === 1 ? '1 day' : `${n} days`),
    forGood: 'until somebody sends them again or discards them',
    file: 'Configuration file',
    fileLead:
      'Stores, sources, connections, rules and mappings as one file, to keep or to set up another workspace the same way. Keys are not in it.',
    download: 'Download the file',
    choose: 'Choose a file to import…',
    plan: (file: string) => `What importing ${file} would do`,
    planMore: 'Nothing has been done yet. Nothing is ever taken away.',
    notJson: 'This file cannot be read. Choose one that was downloaded here.',
    does: {
      blocked: 'Needs you first',
      add: 'Is made',
      change: 'Is changed',
      leave: 'Stays as it is',
    },
    whats: {
      workspace: 'Workspace',
      store: 'Store',
      source: 'Source',
      account: 'Klaviyo account',
      connection: 'Connection',
    },
    todos: {
      account: 'Connect this account here: its key is not in the file. Then import again.',
      connection: 'It is made once its account is connected: import again then.',
      source: 'It gets new keys: put them into the shop afterwards.',
    },
    from: (from: string, to: string) => `${from} → ${to}`,
    ownFactorFirst:
      'The file asks every member for a second factor, and you have none: you would lock yourself out. Set one up under your account first.',
    nothing: 'Everything in the file is here already.',
    apply: 'Import',
    cancel: 'Cancel',
    imported: (made: number, changed: number) => `Imported: ${made} made, ${changed} changed.`,
    importedKeys: 'New sources have new keys. Make each one’s write key under Stores and sources.',
    importedBlocked: 'Some of it waits for a Klaviyo account. Connect it, then import again.',
    toStores: 'Stores and sources',
    toIntegrations: 'Integrations',
    danger: 'Delete the workspace',
    dangerLead:
      'Everything in it goes for good: stores, keys, events and members. Nothing is deleted in Klaviyo.',
    delete: 'Delete workspace…',
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteDo: 'Delete for good',
    /** Then the link to it. */
    deleteConnected: (n: number) =>
      n === 1
        ? '1 store is still connected. Disconnect it first, under'
        : `${n} stores are still connected. Disconnect them first, under`,
    deleteCounts: {
      stores: (n: number) => (n === 1 ? '1 store' : `${n} stores`),
      members: (n: number) => (n === 1 ? '1 member loses access' : `${n} members lose access`),
      waiting: (n: number) =>
        n === 1 ? '1 waiting event ends as not sent' : `${n} waiting events end as not sent`,
      failed: (n: number) => (n === 1 ? '1 failed event' : `${n} failed events`),
    },
    deleteMore: 'This cannot be taken back. It takes some seconds.',
  },
  de: {
    title: 'Einstellungen',
    lead: 'Was für den ganzen Arbeitsbereich gilt und für jeden seiner Shops.',
    notAllowed: 'Ihre Rolle darf dies ansehen, aber nicht ändern.',
    save: 'Speichern',
    saved: 'Gespeichert.',
    savedSettings: 'Gespeichert. Es gilt für alles, was noch nicht gesendet ist.',
    workspace: 'Arbeitsbereich',
    name: 'Name',
    flags: {
      klaviyo: {
        label: 'An Klaviyo senden',
        more: 'Nein: Ereignisse aller Shops enden als nicht gesendet, was auch immer an der Verbindung eingestellt ist.',
        title: 'Nichts an Klaviyo senden?',
        off: 'Bis Sie es wieder einschalten, enden Ereignisse aller Shops dieses Arbeitsbereichs als nicht gesendet. Sie werden später nicht von selbst gesendet.',
        do: 'Ausschalten',
      },
    },
    store: 'Shop',
    storeLead: (key) => `Seine eindeutigen Kennungen beginnen mit ${key}, und das bleibt so.`,
    which: 'Welcher Shop',
    noStore:
      'Noch kein Shop. Legen Sie einen unter Shops und Quellen an; dann stehen seine Einstellungen hier.',
    domain: 'Domain',
    country: 'Land',
    countryMore: 'Zwei Buchstaben, etwa DE: liest Telefonnummern ohne Ländervorwahl.',
    currency: 'Währung',
    currencyMore: 'Drei Buchstaben, etwa EUR: für Beträge, die keine nennen.',
    stays: 'Dies lässt sich ändern, aber nicht leeren.',
    needed: 'Geben Sie einen Namen an.',
    privacy: 'Einwilligung und Datenschutz',
    notConnected: 'Verbinden Sie den Shop mit Klaviyo; dann lässt sich dies einstellen.',
    trackingConsent: 'Die Seiten des Shops erfassen',
    trackingConsents: {
      off: 'Ohne nach Einwilligung zu fragen',
      'opt-in': 'Sobald die Person eingewilligt hat',
      'opt-out': 'Bis die Person ablehnt',
    },
    consentSignal: 'Nur mit Einwilligung der Person gesendet werden',
    consentSignalMore:
      'Ein Ereignis, das eine Einwilligung braucht und keine nennt, endet als nicht gesendet.',
    consentSignals: {
      usual: 'Ereignisse der Seiten, wo diese auf Einwilligung warten',
      off: 'Keine Ereignisse: alle werden gesendet',
      pages: 'Ereignisse der Seiten',
      all: 'Alle, auch die vom Server des Shops',
    },
    amounts: 'Beträge',
    amountsOf: {
      shopper: 'In der Währung, die die Person sah',
      store: 'In der Währung des Shops',
    },
    productIds: 'Produkte werden genannt nach',
    productIdsBy: {
      product_id: 'Produktkennung',
      variant_id: 'Kennung der Variante',
      sku: 'Artikelnummer (SKU)',
    },
    productIdsMore:
      'Wie im Katalog von Klaviyo, sonst können dessen E-Mails das Produkt nicht zeigen.',
    klaviyoLinks: 'Links in E-Mails von Klaviyo sagen, wer der Gast ist',
    klaviyoLinksMore:
      'Ein Gast, der über einen solchen Link kam, wird als dessen Empfänger gesendet.',
    kept: 'Wie lange wir aufbewahren',
    keptBody: 'Was ein Ereignis sagte',
    keptAttempts: 'Was an Klaviyo ging, und die Antworten',
    keptFailed: 'Fehlgeschlagene Ereignisse',
    days: (n) => (n === 1 ? '1 Tag' : `${n} Tage`),
    forGood: 'bis jemand sie erneut sendet oder verwirft',
    file: 'Konfigurationsdatei',
    fileLead:
      'Shops, Quellen, Verbindungen, Regeln und Zuordnungen als eine Datei: zum Aufbewahren, oder um einen anderen Arbeitsbereich ebenso einzurichten. Schlüssel stehen nicht darin.',
    download: 'Datei herunterladen',
    choose: 'Datei zum Importieren wählen…',
    plan: (file) => `Was der Import von ${file} täte`,
    planMore: 'Noch ist nichts geschehen. Weggenommen wird nie etwas.',
    notJson: 'Diese Datei ist nicht lesbar. Wählen Sie eine, die hier heruntergeladen wurde.',
    does: {
      blocked: 'Braucht erst Sie',
      add: 'Wird angelegt',
      change: 'Wird geändert',
      leave: 'Bleibt, wie es ist',
    },
    whats: {
      workspace: 'Arbeitsbereich',
      store: 'Shop',
      source: 'Quelle',
      account: 'Klaviyo-Konto',
      connection: 'Verbindung',
    },
    todos: {
      account:
        'Verbinden Sie dieses Konto hier: sein Schlüssel steht nicht in der Datei. Dann erneut importieren.',
      connection: 'Sie wird angelegt, sobald ihr Konto verbunden ist: dann erneut importieren.',
      source: 'Sie bekommt neue Schlüssel: setzen Sie diese danach im Shop ein.',
    },
    from: (from, to) => `${from} → ${to}`,
    ownFactorFirst:
      'Die Datei verlangt von allen einen zweiten Faktor, und Sie haben keinen: Sie sperrten sich selbst aus. Richten Sie ihn erst in Ihrem Konto ein.',
    nothing: 'Alles in der Datei ist hier schon vorhanden.',
    apply: 'Importieren',
    cancel: 'Abbrechen',
    imported: (made, changed) => `Importiert: ${made} angelegt, ${changed} geändert.`,
    importedKeys:
      'Neue Quellen haben neue Schlüssel. Erzeugen Sie den Schreibschlüssel einer jeden unter Shops und Quellen.',
    importedBlocked:
      'Einiges wartet auf ein Klaviyo-Konto. Verbinden Sie es, dann importieren Sie erneut.',
    toStores: 'Shops und Quellen',
    toIntegrations: 'Integrationen',
    danger: 'Arbeitsbereich löschen',
    dangerLead:
      'Alles darin geht für immer: Shops, Schlüssel, Ereignisse und Mitglieder. In Klaviyo wird nichts gelöscht.',
    delete: 'Arbeitsbereich löschen…',
    deleteTitle: (name) => `${name} löschen?`,
    deleteDo: 'Endgültig löschen',
    deleteConnected: (n) =>
      n === 1
        ? '1 Shop ist noch verbunden. Trennen Sie ihn erst, unter'
        : `${n} Shops sind noch verbunden. Trennen Sie sie erst, unter`,
    deleteCounts: {
      stores: (n) => (n === 1 ? '1 Shop' : `${n} Shops`),
      members: (n) =>
        n === 1 ? '1 Mitglied verliert den Zugang' : `${n} Mitglieder verlieren den Zugang`,
      waiting: (n) =>
        n === 1
          ? '1 wartendes Ereignis endet als nicht gesendet'
          : `${n} wartende Ereignisse enden als nicht gesendet`,
      failed: (n) => (n === 1 ? '1 fehlgeschlagenes Ereignis' : `${n} fehlgeschlagene Ereignisse`),
    },
    deleteMore: 'Das lässt sich nicht zurücknehmen. Es dauert einige Sekunden.',
  },
})
