import { catalogue } from '../language.ts'

export const words = catalogue({
  en: {
    title: 'What each status means',
    lead: 'Every event has one of these, with a reason, and what to do about it.',
    why: 'Why',
    todo: 'What to do',
    outcomes: {
      accepted: 'Klaviyo answered that it took the event. It shows it within a minute or two.',
      confirmed: 'It was looked for in Klaviyo, and is there.',
      waiting: 'It is its turn soon, or it waits for something.',
      sending: 'It is on its way to Klaviyo now.',
      retrying: 'It did not work yet and is tried again by itself. Nothing is lost.',
      held: 'Nothing of the connection moves until a person mends something. Then all of it is sent.',
      retry: 'It failed and is tried again with the next retry cycle.',
      dropped: 'It is not for Klaviyo, for a reason that stands beside it.',
      dead: 'It failed for good, until a person sends it again or lets go of it.',
    },
  },
  de: {
    title: 'Was die Zustände bedeuten',
    lead: 'Jedes Ereignis hat einen davon, mit einem Grund und dem, was zu tun ist.',
    why: 'Warum',
    todo: 'Was zu tun ist',
    outcomes: {
      accepted:
        'Klaviyo hat geantwortet, dass es das Ereignis nimmt. Es zeigt es nach ein, zwei Minuten.',
      confirmed: 'Es wurde in Klaviyo gesucht und ist dort.',
      waiting: 'Es kommt bald an die Reihe, oder es wartet auf etwas.',
      sending: 'Es ist gerade unterwegs zu Klaviyo.',
      retrying:
        'Es hat noch nicht geklappt und wird von selbst wieder versucht. Nichts geht verloren.',
      held: 'Von der Verbindung bewegt sich nichts, bis jemand etwas behebt. Dann wird alles gesendet.',
      retry: 'Es ist gescheitert und wird mit dem nächsten Durchgang wieder versucht.',
      dropped: 'Es ist nicht für Klaviyo; der Grund steht dabei.',
      dead: 'Es ist endgültig gescheitert, bis jemand es erneut sendet oder verwirft.',
    },
  },
})
