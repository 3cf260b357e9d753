import type { Condition, Rule, RuleChange } from '../../core/mapping/rule.ts'
import { catalogue } from '../language.ts'
import type { Difference } from '../pages/rules/difference.ts'

type ConditionWords = Readonly<Record<Condition['type'], string>>
type ChangeWords = Readonly<Record<RuleChange['type'], string>>
type DecisionWords = Readonly<Record<Rule['decision'], string>>

/** Of the events that were looked at: how many would no longer go, would go again, or would go otherwise. */
interface Effect {
  readonly lost: number
  readonly regained: number
  readonly otherwise: number
}

type Names = (names: string) => string

interface DifferenceWords extends Readonly<
  Record<'added' | 'removed' | 'changed' | 'switchedOn' | 'switchedOff' | 'mapped', Names>
> {
  readonly moved: string
  readonly otherwise: Readonly<Record<'send' | 'drop', string>>
  readonly quoted: Names
}

function sentencesOf(of: Difference, say: DifferenceWords): string {
  const some = (kind: 'added' | 'removed' | 'changed' | 'switchedOn' | 'switchedOff' | 'mapped') =>
    of[kind].length === 0 ? [] : [say[kind](of[kind].map(say.quoted).join(', '))]
  return [
    ...some('added'),
    ...some('removed'),
    ...some('changed'),
    ...some('switchedOn'),
    ...some('switchedOff'),
    ...(of.moved ? [say.moved] : []),
    ...(of.otherwise === undefined ? [] : [say.otherwise[of.otherwise]]),
    ...some('mapped'),
  ].join('; ')
}

const en = {
  title: 'Rules',
  lead: 'Which events go to Klaviyo, and what is changed in them on the way. The list is gone through from the top: the first rule that sends or removes decides.',
  add: 'Add a rule',
  newName: 'New rule',
  none: 'No rules yet',
  noneMore:
    'Every event goes as it is. A rule removes some of them, or changes them: skip test orders, rename an event, leave a field out.',
  otherwise: 'What no rule decides',
  otherwiseIs: { send: 'is sent', drop: 'is not sent' },
  on: (name: string) => `Rule "${name}" is on`,
  up: (name: string) => `Move "${name}" up`,
  down: (name: string) => `Move "${name}" down`,
  edit: (name: string) => `Edit "${name}"`,
  remove: (name: string) => `Delete "${name}"`,
  editShort: 'Edit',
  done: 'Close',
  deleteShort: 'Delete',
  if: 'IF',
  does: 'THEN',
  all: 'any event',
  and: 'and',
  name: 'Name',
  nameMore: 'The reason of each event that it removes says this name.',
  nameNeeded: 'Give it a name.',
  fieldNeeded: 'Fill this in.',
  unfinished: 'Fill in what is still empty: then it is tried on the last real events.',
  unfinishedSave: 'Fill in what is still empty: then it can be saved.',
  full: (most: number) => `No more than ${most} characters fit.`,
  events: 'Events',
  eventsMore: 'Names, one after the other; * stands for any characters.',
  people: 'Also for who people are (identify calls)',
  conditions: 'Conditions',
  conditionsMore: 'All of them have to hold. Without any, the name is enough.',
  addCondition: 'Add a condition',
  removeCondition: (n: number) => `Remove condition ${n}`,
  field: (n: number) => `Field of condition ${n}`,
  comparison: (n: number) => `Comparison ${n}`,
  value: (n: number) => `Value ${n}`,
  fieldHint: 'properties.total',
  fieldHead: 'Field',
  valuesHint: 'EUR, USD',
  amountWrong: 'A number, as 49.90',
  decision: 'What it does',
  changes: 'Changes',
  addChange: 'Add a change',
  removeChange: (n: number) => `Remove change ${n}`,
  changeKind: (n: number) => `Kind of change ${n}`,
  changeField: (n: number) => `Field of change ${n}`,
  changeValue: (n: number) => `New value ${n}`,
  newEventName: 'New name',
  conditionTypes: {
    equals: 'is',
    not: 'is not',
    'one-of': 'is one of',
    exists: 'is there',
    missing: 'is not there',
    greater: '>',
    'at-least': '≥',
    less: '<',
    'at-most': '≤',
    contains: 'contains',
    glob: 'is like (*)',
    pattern: 'matches pattern',
  } as ConditionWords,
  decisions: {
    drop: 'Remove the event',
    send: 'Send the event',
    change: 'Change the event',
  } as DecisionWords,
  changeTypes: { rename: 'rename to', set: 'set field', remove: 'remove field' } as ChangeWords,
  unsaved: 'Not saved yet: events still go by the rules of before.',
  save: 'Save',
  discard: 'Discard changes',
  overtaken: 'Somebody saved other rules meanwhile',
  overtakenMore:
    'Yours are not saved yet. Take the newer rules, which lets go of yours; or save yours over them. History keeps what was saved: you can go back to it.',
  theirs: 'The newer rules, in force',
  ownSide: 'Yours',
  notSaved: 'not saved yet',
  off: 'off',
  others: (rules: number) =>
    rules === 0
      ? 'No rule is the same in both.'
      : rules === 1
        ? '1 rule is the same in both.'
        : `${rules} rules are the same in both.`,
  takeTheirs: 'Take the newer rules',
  keepOwn: 'Save mine over them',
  saved: (version: number) =>
    `Saved as version ${version}. It holds for all that was not sent yet.`,
  mayNot: 'Your role may look at rules, but not change them. Ask an owner, admin or developer.',
  preview: 'On the last real events',
  previewNone:
    'No events have come yet. As soon as some have, this shows what your rules make of them.',
  would: ({ lost, regained, otherwise }: Effect, looked: number) => {
    const parts = [
      lost > 0 && `${lost} would no longer be sent`,
      regained > 0 && `${regained} that are not sent now would be`,
      otherwise > 0 && `${otherwise} would go otherwise than now`,
    ].filter((part) => part !== false)
    return `Of the last ${looked}: ${parts.length === 0 ? 'all as now' : parts.join(', ')}.`
  },
  removedBy: (rule: string) => `Your rule "${rule}" removes it.`,
  lostTitle: 'Save these rules?',
  lost: (lost: number, looked: number) =>
    looked === 1
      ? 'The last event that came would no longer be sent to Klaviyo.'
      : `Of the last ${looked} events, ${lost} would no longer be sent to Klaviyo.`,
  saveAnyway: 'Save all the same',
  same: 'As now',
  before: 'Now',
  after: 'With these rules',
  history: 'History',
  version: (version: number) => `Version ${version}`,
  newest: 'in force',
  restore: 'Go back to this',
  leaveDraft: 'Go back without saving?',
  leaveDraftMore: 'What you have changed here is not saved yet. It would be lost.',
  keepDraft: 'Keep my changes',
  leaveAnyway: 'Go back without saving',
  older: 'Show older ones',
  began: (rules: number) =>
    rules === 0
      ? 'Connected, without rules'
      : rules === 1
        ? 'Connected, with 1 rule'
        : `Connected, with ${rules} rules`,
  differences: (of: Difference) =>
    sentencesOf(of, {
      added: (names) => `Added ${names}`,
      removed: (names) => `Deleted ${names}`,
      changed: (names) => `Changed ${names}`,
      switchedOn: (names) => `Switched on ${names}`,
      switchedOff: (names) => `Switched off ${names}`,
      moved: 'Changed the order',
      otherwise: { send: 'What no rule decides is sent', drop: 'What no rule decides is not sent' },
      mapped: (names) => `Changed what is sent of ${names}`,
      quoted: (name) => `"${name}"`,
    }),
  actors: {
    member: 'a former member',
    token: 'an API token',
    local: 'on the server',
    nobody: 'nobody signed in',
  },
  outcomes: { send: 'Sent', wait: 'Waits', 'not sent': 'Not sent', refused: 'Not sent' },
}

const de: typeof en = {
  title: 'Regeln',
  lead: 'Welche Ereignisse zu Klaviyo gehen, und was unterwegs an ihnen geändert wird. Die Liste wird von oben durchgegangen: die erste Regel, die sendet oder entfernt, entscheidet.',
  add: 'Regel hinzufügen',
  newName: 'Neue Regel',
  none: 'Noch keine Regeln',
  noneMore:
    'Jedes Ereignis geht, wie es ist. Eine Regel entfernt manche oder ändert sie: Testbestellungen auslassen, ein Ereignis umbenennen, ein Feld weglassen.',
  otherwise: 'Was keine Regel entscheidet',
  otherwiseIs: { send: 'wird gesendet', drop: 'wird nicht gesendet' },
  on: (name) => `Regel „${name}“ ist an`,
  up: (name) => `„${name}“ nach oben`,
  down: (name) => `„${name}“ nach unten`,
  edit: (name) => `„${name}“ bearbeiten`,
  remove: (name) => `„${name}“ löschen`,
  editShort: 'Bearbeiten',
  done: 'Schließen',
  deleteShort: 'Löschen',
  if: 'WENN',
  does: 'DANN',
  all: 'jedes Ereignis',
  and: 'und',
  name: 'Name',
  nameMore: 'Der Grund jedes Ereignisses, das sie entfernt, nennt diesen Namen.',
  nameNeeded: 'Geben Sie ihr einen Namen.',
  fieldNeeded: 'Füllen Sie dies aus.',
  unfinished:
    'Füllen Sie aus, was noch leer ist: dann wird es an den letzten echten Ereignissen erprobt.',
  unfinishedSave: 'Füllen Sie aus, was noch leer ist: dann lässt es sich speichern.',
  full: (most) => `Mehr als ${most} Zeichen passen nicht.`,
  events: 'Ereignisse',
  eventsMore: 'Namen, einer nach dem anderen; * steht für beliebige Zeichen.',
  people: 'Auch für Angaben zur Person (identify)',
  conditions: 'Bedingungen',
  conditionsMore: 'Alle müssen zutreffen. Ohne Bedingung genügt der Name.',
  addCondition: 'Bedingung hinzufügen',
  removeCondition: (n) => `Bedingung ${n} entfernen`,
  field: (n) => `Feld der Bedingung ${n}`,
  comparison: (n) => `Vergleich ${n}`,
  value: (n) => `Wert ${n}`,
  fieldHint: 'properties.total',
  fieldHead: 'Feld',
  valuesHint: 'EUR, USD',
  amountWrong: 'Eine Zahl, etwa 49,90',
  decision: 'Was sie tut',
  changes: 'Änderungen',
  addChange: 'Änderung hinzufügen',
  removeChange: (n) => `Änderung ${n} entfernen`,
  changeKind: (n) => `Art der Änderung ${n}`,
  changeField: (n) => `Feld der Änderung ${n}`,
  changeValue: (n) => `Neuer Wert ${n}`,
  newEventName: 'Neuer Name',
  conditionTypes: {
    equals: 'ist',
    not: 'ist nicht',
    'one-of': 'ist eines von',
    exists: 'ist da',
    missing: 'fehlt',
    greater: '>',
    'at-least': '≥',
    less: '<',
    'at-most': '≤',
    contains: 'enthält',
    glob: 'ist wie (*)',
    pattern: 'passt auf Muster',
  },
  decisions: { drop: 'Ereignis entfernen', send: 'Ereignis senden', change: 'Ereignis ändern' },
  changeTypes: { rename: 'umbenennen in', set: 'Feld setzen', remove: 'Feld entfernen' },
  unsaved: 'Noch nicht gespeichert: Ereignisse gehen noch nach den Regeln von vorher.',
  save: 'Speichern',
  discard: 'Änderungen verwerfen',
  overtaken: 'Inzwischen hat jemand andere Regeln gespeichert',
  overtakenMore:
    'Ihre sind noch nicht gespeichert. Übernehmen Sie die neueren, dann sind Ihre fort; oder speichern Sie Ihre darüber. Der Verlauf behält, was gespeichert war: Sie können dahin zurück.',
  theirs: 'Die neueren Regeln, sie gelten',
  ownSide: 'Ihre',
  notSaved: 'noch nicht gespeichert',
  off: 'aus',
  others: (rules) =>
    rules === 0
      ? 'Keine Regel ist in beiden gleich.'
      : rules === 1
        ? '1 Regel ist in beiden gleich.'
        : `${rules} Regeln sind in beiden gleich.`,
  takeTheirs: 'Die neueren Regeln übernehmen',
  keepOwn: 'Meine darüber speichern',
  saved: (version) =>
    `Als Version ${version} gespeichert. Sie gilt für alles, was noch nicht gesendet ist.`,
  mayNot:
    'Ihre Rolle darf Regeln ansehen, aber nicht ändern. Fragen Sie Inhaber, Admin oder Entwickler.',
  preview: 'An den letzten echten Ereignissen',
  previewNone:
    'Noch sind keine Ereignisse gekommen. Sobald welche da sind, zeigt sich hier, was Ihre Regeln aus ihnen machen.',
  would: ({ lost, regained, otherwise }, looked) => {
    const parts = [
      lost > 0 && `${lost} ${lost === 1 ? 'würde' : 'würden'} nicht mehr gesendet`,
      regained > 0 &&
        `${regained}, jetzt nicht gesendet, ${regained === 1 ? 'ginge' : 'gingen'} wieder`,
      otherwise > 0 && `${otherwise} ${otherwise === 1 ? 'ginge' : 'gingen'} anders als jetzt`,
    ].filter((part) => part !== false)
    return `Von den letzten ${looked}: ${parts.length === 0 ? 'alle wie jetzt' : parts.join(', ')}.`
  },
  removedBy: (rule) => `Ihre Regel „${rule}“ entfernt es.`,
  lostTitle: 'Diese Regeln speichern?',
  lost: (lost, looked) =>
    looked === 1
      ? 'Das letzte Ereignis, das kam, würde nicht mehr an Klaviyo gesendet.'
      : `Von den letzten ${looked} Ereignissen ${lost === 1 ? 'würde 1' : `würden ${lost}`} nicht mehr an Klaviyo gesendet.`,
  saveAnyway: 'Trotzdem speichern',
  same: 'Wie jetzt',
  before: 'Jetzt',
  after: 'Mit diesen Regeln',
  history: 'Verlauf',
  version: (version) => `Version ${version}`,
  newest: 'gilt',
  restore: 'Dahin zurück',
  leaveDraft: 'Zurück, ohne zu speichern?',
  leaveDraftMore: 'Was Sie hier geändert haben, ist noch nicht gespeichert. Es ginge verloren.',
  keepDraft: 'Änderungen behalten',
  leaveAnyway: 'Ohne Speichern zurück',
  older: 'Ältere zeigen',
  began: (rules) =>
    rules === 0
      ? 'Verbunden, ohne Regeln'
      : rules === 1
        ? 'Verbunden, mit 1 Regel'
        : `Verbunden, mit ${rules} Regeln`,
  differences: (of) =>
    sentencesOf(of, {
      added: (names) => `${names} hinzugefügt`,
      removed: (names) => `${names} gelöscht`,
      changed: (names) => `${names} geändert`,
      switchedOn: (names) => `${names} eingeschaltet`,
      switchedOff: (names) => `${names} ausgeschaltet`,
      moved: 'Reihenfolge geändert',
      otherwise: {
        send: 'Was keine Regel entscheidet, wird gesendet',
        drop: 'Was keine Regel entscheidet, wird nicht gesendet',
      },
      mapped: (names) => `Geändert, was von ${names} gesendet wird`,
      quoted: (name) => `„${name}“`,
    }),
  actors: {
    member: 'ein früheres Mitglied',
    token: 'ein API-Token',
    local: 'auf dem Server',
    nobody: 'niemand angemeldet',
  },
  outcomes: {
    send: 'Gesendet',
    wait: 'Wartet',
    'not sent': 'Nicht gesendet',
    refused: 'Nicht gesendet',
  },
}

export const words = catalogue({ en, de })
