import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'Test event',
    lead: 'Send one event to Klaviyo and follow it there.',
    metric: 'Event',
    email: 'Your own email address',
    emailMore:
      'Klaviyo takes a test for a real event: it counts in reports and may start flows for this address.',
    preview: 'Preview only',
    send: 'Really send: it appears in Klaviyo',
    edit: 'Edit what is sent',
    editMore: 'As the shop would send it, as JSON.',
    notJson: 'This is no JSON object. Look for a missing comma or quotation mark.',
    becomes: 'What it becomes',
    outcomes: {
      send: 'It would be sent.',
      wait: 'It would wait.',
      'not sent': 'It would not be sent.',
      refused: 'It would be refused.',
    },
    request: 'What Klaviyo is asked',
    follow: 'Where it is',
    messageId: 'Message id',
    exchanges: 'Exchanges with Klaviyo',
    look: 'Look for it in Klaviyo',
    notConnected: 'No store is connected yet',
    notConnectedMore: 'Connect a store to Klaviyo first; then a test event can be sent.',
    connect: 'Integrations',
    diagnose: 'Why?',
  },
  de: {
    title: 'Testereignis',
    lead: 'Senden Sie ein Ereignis an Klaviyo und folgen Sie ihm dorthin.',
    metric: 'Ereignis',
    email: 'Ihre eigene E-Mail-Adresse',
    emailMore:
      'Klaviyo hält einen Test für ein echtes Ereignis: er zählt in Berichten und kann Flows für diese Adresse starten.',
    preview: 'Nur Vorschau',
    send: 'Wirklich senden: es erscheint in Klaviyo',
    edit: 'Bearbeiten, was gesendet wird',
    editMore: 'So wie der Shop es senden würde, als JSON.',
    notJson:
      'Das ist kein JSON-Objekt. Suchen Sie nach einem fehlenden Komma oder Anführungszeichen.',
    becomes: 'Was daraus wird',
    outcomes: {
      send: 'Es würde gesendet.',
      wait: 'Es würde warten.',
      'not sent': 'Es würde nicht gesendet.',
      refused: 'Es würde abgelehnt.',
    },
    request: 'Worum Klaviyo gebeten wird',
    follow: 'Wo es ist',
    messageId: 'Nachrichtenkennung',
    exchanges: 'Austausch mit Klaviyo',
    look: 'In Klaviyo suchen',
    notConnected: 'Noch ist kein Shop verbunden',
    notConnectedMore:
      'Verbinden Sie zuerst einen Shop mit Klaviyo; dann lässt sich ein Testereignis senden.',
    connect: 'Integrationen',
    diagnose: 'Warum?',
  },
})
