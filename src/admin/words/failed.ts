import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'Failed',
    lead: 'Events that Klaviyo refused or could not take. Put the cause right, then send them again: none counts twice.',
    none: 'Nothing has failed',
    noneHere: 'Nothing has failed over this connection',
    noneMore: 'Every event has reached Klaviyo, waits for its turn, or was not meant for it.',
    underWay: (n: number, count: string) =>
      n === 1 ? '1 event is being sent again' : `${count} events are being sent again`,
    underWayMore: 'What Klaviyo does not take this time stands here again.',
    toProgress: 'See how far it is',
    waitsFor: {
      paused: 'The connection is paused. It goes on by itself once that is resumed.',
      other: (sentence: string) => `${sentence} It goes on by itself after that.`,
    },
    cause: 'Cause',
    events: 'Events',
    people: 'People',
    peopleCount: (count: string, isMore: boolean) => (isMore ? `over ${count}` : count),
    span: 'First – last',
    acts: 'Actions',
    see: (count: string) => `See ${count}`,
    replayAll: 'Send again…',
    discardAll: 'Discard…',
    replayEverything: 'Send everything again…',
    discardEverything: 'Discard everything…',
    mayNot: 'Your role may look, not send again. Ask an owner, admin, developer or marketer.',
    maySendNot: {
      ended:
        'Events that Klaviyo refused or could not take. They cannot be sent any more: a connection that has ended sends nothing, and the one that took over sends what came since. What is still wanted of them, the shop can send once more with new message ids.',
      off: 'The connection is switched off, so what is sent again would end as not sent. Switch it on first.',
    },
    former: (events: string, name: string) =>
      `${events} failed over the former connection ${name}.`,
    look: 'Look',
    some: (count: number, text: string) => (count === 1 ? '1 event' : `${text} events`),
    dialog: {
      replay: (events: string) => `Send ${events} again?`,
      discard: (events: string) => `Discard ${events}?`,
      counting: 'Counting…',
      replayTitle: 'Send again',
      discardTitle: 'Discard',
      replayMore: (n: number): string =>
        n === 1
          ? 'It goes by the settings of today, with the same unique id: if Klaviyo has it already, it is not doubled.'
          : 'They go by the settings of today, with the same unique ids: what Klaviyo has already is not doubled.',
      discardMore: (n: number): string =>
        n === 1
          ? 'It ends as not sent. Nothing is deleted: it can be sent again for as long as its body is kept.'
          : 'They end as not sent. Nothing is deleted: they can be sent again for as long as their bodies are kept.',
      estimate: (time: string) => `Takes about ${time}.`,
      nothing: 'There is nothing left to do.',
    },
    running: {
      replay: (reason: string) => `Sending again: ${reason}`,
      discard: (reason: string) => `Discarding: ${reason}`,
    },
    everything: 'everything that failed',
    progress: (done: string, all: string) => `${done} of ${all}`,
    cancel: 'Cancel',
    ended: {
      replay: (ok: string, again: string) => `${ok} accepted, ${again} not`,
      replayLater: (n: number, later: string) =>
        n === 1 ? '1 waits for another try' : `${later} wait for another try`,
      left: (count: string) => `${count} left as they were, or still under way`,
      discard: (count: string) => `${count} discarded`,
      cancelled: 'Cancelled',
      done: 'Done',
    },
    undo: 'Undo: send them again…',
    undoSome: 'Undo: send them again',
    runs: 'Sent again and discarded of late',
    started: 'It has begun.',
    runsElsewhere: 'One is going on already. Ask again once it has ended.',
    back: 'All causes',
    listOf: 'Failed events of this cause',
    event: 'Event',
    person: 'Person',
    unknownPerson: 'unknown',
    tries: 'Tries',
    failedAt: 'Failed',
    said: 'Klaviyo said',
    select: (id: string) => `Select ${id}`,
    selected: (count: string) => `${count} selected`,
    replaySome: 'Send these again',
    discardSome: 'Discard these',
    didReplay: (events: string) => `On the way again: ${events}.`,
    didDiscard: (count: string) => `${count} discarded.`,
    unknownSome: (n: number, count: string) =>
      n === 1 ? '1 is gone, or not known here.' : `${count} are gone, or not known here.`,
    noneOfCause: 'Nothing is left of this cause',
    unknownCause: 'Nothing has failed for this cause',
    unknownCauseMore: 'The address names a cause that there is none of, or none any more.',
    noneOfCauseMore: 'It was sent again, or discarded.',
    body: 'gone',
  },
  de: {
    title: 'Fehlgeschlagen',
    lead: 'Ereignisse, die Klaviyo ablehnte oder nicht annehmen konnte. Beheben Sie die Ursache und senden Sie sie erneut: keines zählt doppelt.',
    none: 'Nichts ist fehlgeschlagen',
    noneHere: 'Über diese Verbindung ist nichts fehlgeschlagen',
    noneMore: 'Jedes Ereignis ist bei Klaviyo, wartet, oder war nicht dafür bestimmt.',
    underWay: (n, count) =>
      n === 1 ? '1 Ereignis wird erneut gesendet' : `${count} Ereignisse werden erneut gesendet`,
    underWayMore: 'Was Klaviyo auch diesmal nicht annimmt, steht dann wieder hier.',
    toProgress: 'Ansehen, wie weit es ist',
    waitsFor: {
      paused:
        'Die Verbindung ist angehalten. Es geht von selbst weiter, sobald sie fortgesetzt wird.',
      other: (sentence) => `${sentence} Danach geht es von selbst weiter.`,
    },
    cause: 'Ursache',
    events: 'Ereignisse',
    people: 'Personen',
    peopleCount: (count, isMore) => (isMore ? `über ${count}` : count),
    span: 'Erstes – letztes',
    acts: 'Aktionen',
    see: (count) => `${count} ansehen`,
    replayAll: 'Erneut senden…',
    discardAll: 'Verwerfen…',
    replayEverything: 'Alles erneut senden…',
    discardEverything: 'Alles verwerfen…',
    mayNot:
      'Ihre Rolle darf ansehen, nicht erneut senden. Fragen Sie Inhaber, Admin, Entwicklung oder Marketing.',
    maySendNot: {
      ended:
        'Ereignisse, die Klaviyo ablehnte oder nicht annehmen konnte. Sie können nicht mehr gesendet werden: eine Verbindung, die endete, sendet nichts, und die neue sendet, was seitdem kam. Was davon noch gebraucht wird, kann der Shop mit neuen Nachrichtenkennungen noch einmal senden.',
      off: 'Die Verbindung ist ausgeschaltet: was erneut gesendet wird, endete als nicht gesendet. Schalten Sie sie zuerst ein.',
    },
    former: (events, name) => `${events} fehlgeschlagen über die frühere Verbindung ${name}.`,
    look: 'Ansehen',
    some: (count, text) => (count === 1 ? '1 Ereignis' : `${text} Ereignisse`),
    dialog: {
      replay: (events) => `${events} erneut senden?`,
      discard: (events) => `${events} verwerfen?`,
      counting: 'Wird gezählt…',
      replayTitle: 'Erneut senden',
      discardTitle: 'Verwerfen',
      replayMore: (n) =>
        n === 1
          ? 'Es geht mit den heutigen Einstellungen und derselben Kennung: hat Klaviyo es schon, wird es nicht verdoppelt.'
          : 'Sie gehen mit den heutigen Einstellungen und denselben Kennungen: was Klaviyo schon hat, wird nicht verdoppelt.',
      discardMore: (n) =>
        n === 1
          ? 'Es endet als nicht gesendet. Nichts wird gelöscht: solange sein Inhalt aufbewahrt wird, kann es erneut gesendet werden.'
          : 'Sie enden als nicht gesendet. Nichts wird gelöscht: solange ihr Inhalt aufbewahrt wird, können sie erneut gesendet werden.',
      // `1 Sek.` brings its full stop along.
      estimate: (time) => `Dauert etwa ${time.replace(/\.$/, '')}.`,
      nothing: 'Es ist nichts mehr zu tun.',
    },
    running: {
      replay: (reason) => `Wird erneut gesendet: ${reason}`,
      discard: (reason) => `Wird verworfen: ${reason}`,
    },
    everything: 'alles, was fehlschlug',
    progress: (done, all) => `${done} von ${all}`,
    cancel: 'Abbrechen',
    ended: {
      replay: (ok, again) => `${ok} angenommen, ${again} nicht`,
      replayLater: (n, later) =>
        `${later} ${n === 1 ? 'wartet' : 'warten'} auf einen weiteren Versuch`,
      left: (count) => `${count} blieben, wie sie waren, oder sind noch unterwegs`,
      discard: (count) => `${count} verworfen`,
      cancelled: 'Abgebrochen',
      done: 'Fertig',
    },
    undo: 'Rückgängig: erneut senden…',
    undoSome: 'Rückgängig: erneut senden',
    runs: 'Zuletzt erneut gesendet und verworfen',
    started: 'Es hat begonnen.',
    runsElsewhere: 'Es läuft schon einer. Fragen Sie danach erneut.',
    back: 'Alle Ursachen',
    listOf: 'Fehlgeschlagene Ereignisse dieser Ursache',
    event: 'Ereignis',
    person: 'Person',
    unknownPerson: 'unbekannt',
    tries: 'Versuche',
    failedAt: 'Fehlgeschlagen',
    said: 'Klaviyo sagte',
    select: (id) => `${id} auswählen`,
    selected: (count) => `${count} ausgewählt`,
    replaySome: 'Diese erneut senden',
    discardSome: 'Diese verwerfen',
    didReplay: (events) => `Wieder unterwegs: ${events}.`,
    didDiscard: (count) => `${count} verworfen.`,
    unknownSome: (n, count) => `${count} ${n === 1 ? 'ist' : 'sind'} weg oder hier nicht bekannt.`,
    noneOfCause: 'Von dieser Ursache ist nichts übrig',
    unknownCause: 'Aus dieser Ursache ist nichts fehlgeschlagen',
    unknownCauseMore: 'Die Adresse nennt eine Ursache, die es nicht oder nicht mehr gibt.',
    noneOfCauseMore: 'Es wurde erneut gesendet oder verworfen.',
    body: 'weg',
  },
})
