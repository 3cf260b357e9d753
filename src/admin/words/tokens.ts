import type { TokenScope } from '../../core/roles.ts'
import { catalogue } from '../language.ts'

type Scopes = Readonly<Record<TokenScope, string>>

const scopeMeans: { readonly en: Scopes; readonly de: Scopes } = {
  en: {
    read: 'See status, settings, charts and events, with people masked.',
    reveal: 'See people’s details; each look is in the trail.',
    operate: 'Switch functions, pause, send again, send test events.',
    connect: 'Connect and disconnect Klaviyo accounts.',
    develop: 'Stores, sources, write keys, rules, mappings, API tokens.',
    manage: 'Members, the workspace, its flags and its trail.',
  },
  de: {
    read: 'Zustand, Einstellungen, Diagramme und Ereignisse sehen, mit verdeckten Personen.',
    reveal: 'Angaben zu Personen sehen; jeder Blick steht im Änderungsprotokoll.',
    operate: 'Funktionen schalten, anhalten, erneut senden, Testereignisse senden.',
    connect: 'Klaviyo-Konten verbinden und trennen.',
    develop: 'Shops, Quellen, Schlüssel, Regeln, Zuordnungen, API-Tokens.',
    manage: 'Mitglieder, der Arbeitsbereich, seine Schalter und sein Änderungsprotokoll.',
  },
}

export const words = catalogue({
  en: {
    title: 'API tokens',
    lead: 'With a token a program may do in this workspace what you let it, and never more than you.',
    make: 'Make a token',
    name: 'Name',
    nameHint: 'Which program it is for.',
    scopes: 'May',
    scopeMeans: scopeMeans.en,
    oneScope: 'Choose at least one.',
    used: 'Last used',
    never: 'never',
    expires: 'Good until',
    expired: 'Expired',
    expiresAfter: 'Expires after',
    days: (days: string) => `${days} days`,
    networks: 'Only from these networks',
    networksHint: 'As 203.0.113.0/24, one a line. Empty: from anywhere.',
    formerUntil: 'former one until',
    actions: 'Actions',
    actionsFor: (name: string) => `Actions for ${name}`,
    roll: 'Roll',
    rollOf: (name: string) => `Roll ${name}`,
    rollLead: 'A new token takes its place, with the same permissions. It is shown once.',
    formerWorks: 'The former one works for',
    hours: (hours: number) =>
      hours === 0
        ? 'no time: it ends at once'
        : hours === 1
          ? '1 hour'
          : hours === 168
            ? '7 days'
            : `${hours} hours`,
    end: 'End',
    endOf: (name: string) => `End ${name}`,
    endLead: 'Programs that use it are refused from now on. This cannot be undone.',
    shown: 'Keep this token',
    shownLead: 'It is shown this once. Put it where your program reads its secrets, not into code.',
    copyToken: 'Copy the token',
    example: 'To try it:',
    kept: 'I have kept it',
    none: 'No tokens yet',
    noneMore: 'Make one for a program that asks the admin API, for example a monitor or a script.',
    cancel: 'Cancel',
    close: 'Close',
  },
  de: {
    title: 'API-Tokens',
    lead: 'Mit einem Token darf ein Programm in diesem Arbeitsbereich, was Sie ihm erlauben, und nie mehr als Sie.',
    make: 'Token erzeugen',
    name: 'Name',
    nameHint: 'Für welches Programm es ist.',
    scopes: 'Darf',
    scopeMeans: scopeMeans.de,
    oneScope: 'Wählen Sie mindestens eines.',
    used: 'Zuletzt benutzt',
    never: 'nie',
    expires: 'Gültig bis',
    expired: 'Abgelaufen',
    expiresAfter: 'Läuft ab nach',
    days: (days: string) => `${days} Tagen`,
    networks: 'Nur aus diesen Netzen',
    networksHint: 'Als 203.0.113.0/24, eines je Zeile. Leer: von überall.',
    formerUntil: 'das frühere bis',
    actions: 'Aktionen',
    actionsFor: (name: string) => `Aktionen für ${name}`,
    roll: 'Erneuern',
    rollOf: (name: string) => `${name} erneuern`,
    rollLead:
      'Ein neues Token tritt an seine Stelle, mit denselben Berechtigungen. Es wird einmal gezeigt.',
    formerWorks: 'Das frühere gilt noch',
    hours: (hours: number) =>
      hours === 0
        ? 'gar nicht: es endet sofort'
        : hours === 1
          ? '1 Stunde'
          : hours === 168
            ? '7 Tage'
            : `${hours} Stunden`,
    end: 'Beenden',
    endOf: (name: string) => `${name} beenden`,
    endLead:
      'Programme, die es benutzen, werden ab jetzt abgewiesen. Das lässt sich nicht rückgängig machen.',
    shown: 'Bewahren Sie dieses Token auf',
    shownLead:
      'Es wird nur jetzt gezeigt. Legen Sie es dorthin, wo Ihr Programm Geheimnisse liest, nicht in den Code.',
    copyToken: 'Token kopieren',
    example: 'Zum Ausprobieren:',
    kept: 'Ich habe es aufbewahrt',
    none: 'Noch keine Tokens',
    noneMore:
      'Erzeugen Sie eines für ein Programm, das die Admin-API fragt, etwa eine Überwachung oder ein Skript.',
    cancel: 'Abbrechen',
    close: 'Schließen',
  },
})
