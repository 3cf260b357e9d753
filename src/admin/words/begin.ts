import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'New workspace',
    welcome: (name: string) => `Welcome, ${name}`,
    lead: 'A workspace holds the stores of one company, their connections, and who may see them.',
    secure: 'Protect your account',
    secureLead:
      'You look after this Tillpost: whoever has your password has all of it. A second factor takes a minute.',
    secureDo: 'Set up a second factor',
    ready: (name: string) => `${name} is there`,
    readyLead: 'It was set up on the command line, and you own it.',
    goOn: 'Go on',
    workspace: 'Company and store',
    workspaceLead: 'All of it can be changed later.',
    name: 'Company',
    nameHint: 'The name of the workspace, as its people know it.',
    store: 'Store',
    storeHint: 'More stores can be added later.',
    domain: 'Domain',
    country: 'Country',
    countryWhy:
      'The country reads phone numbers without a country code; the currency stands for amounts that name none.',
    currency: 'Currency',
    create: 'Make the workspace',
    whatThen: 'What comes then',
    steps: [
      'Connect Klaviyo, with a click or a private key.',
      'Put the snippet or the write key into the shop.',
      'See the first event arrive.',
    ],
  },
  de: {
    title: 'Neuer Arbeitsbereich',
    welcome: (name: string) => `Willkommen, ${name}`,
    lead: 'Ein Arbeitsbereich hält die Shops einer Firma, ihre Verbindungen, und wer sie sehen darf.',
    secure: 'Schützen Sie Ihr Konto',
    secureLead:
      'Sie betreiben dieses Tillpost: wer Ihr Passwort hat, hat alles. Ein zweiter Faktor dauert eine Minute.',
    secureDo: 'Zweiten Faktor einrichten',
    ready: (name: string) => `${name} ist da`,
    readyLead: 'Angelegt wurde es auf der Befehlszeile, und es gehört Ihnen.',
    goOn: 'Weiter',
    workspace: 'Firma und Shop',
    workspaceLead: 'Alles lässt sich später ändern.',
    name: 'Firma',
    nameHint: 'Der Name des Arbeitsbereichs, wie ihre Leute sie kennen.',
    store: 'Shop',
    storeHint: 'Weitere Shops kommen später dazu.',
    domain: 'Domain',
    country: 'Land',
    countryWhy:
      'Das Land liest Telefonnummern ohne Landesvorwahl; die Währung gilt für Beträge, die keine nennen.',
    currency: 'Währung',
    create: 'Arbeitsbereich anlegen',
    whatThen: 'Was dann kommt',
    steps: [
      'Klaviyo verbinden, mit einem Klick oder einem privaten Schlüssel.',
      'Das Snippet oder den Schreibschlüssel in den Shop einbauen.',
      'Das erste Ereignis ankommen sehen.',
    ],
  },
})
