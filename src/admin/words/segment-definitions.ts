/** What the segments that can be created hold, in German, by their names at Klaviyo. The API says it in English. */
export const germanDefinitions: ReadonlyMap<string, string> = new Map([
  ['OnYou Customers', 'Kunden mit E-Mail-Adresse, die mindestens einmal etwas anprobiert haben.'],
  ['Bought at least once', 'Kunden mit E-Mail-Adresse, die etwas bestellt haben.'],
  [
    'Looked but did not buy, 30 days',
    'Kunden, die in den letzten 30 Tagen ein Produkt angesehen und seither nichts bestellt haben.',
  ],
  [
    'Left a checkout, 7 days',
    'Kunden, die in den letzten 7 Tagen eine Kasse begonnen und seither nichts bestellt haben.',
  ],
])
