import type { Outcome } from '../core/index.ts'
import { dim, green, red, yellow } from './terminal.ts'

/** Outcomes as people are shown them. */
const words: Readonly<Record<Outcome, string>> = {
  waiting: 'waiting',
  sending: 'sending',
  retrying: 'retrying',
  held: 'held',
  accepted: 'accepted',
  confirmed: 'seen in Klaviyo',
  dropped: 'not sent',
  retry: 'retry',
  dead: 'failed',
}

export function outcomeWord(outcome: Outcome): string {
  return words[outcome]
}

/** What one may type for an outcome: its word with hyphens. */
export const outcomeWords: ReadonlyMap<string, string> = new Map(
  Object.entries(words).map(([outcome, word]) => [
    word.toLowerCase().replaceAll(' ', '-'),
    outcome,
  ]),
)

export function outcomeColour(outcome: Outcome): (text: string) => string {
  switch (outcome) {
    case 'accepted':
    case 'confirmed':
      return green
    case 'dead':
      return red
    case 'dropped':
      return dim
    case 'waiting':
    case 'sending':
    case 'retrying':
    case 'held':
    case 'retry':
      return yellow
  }
}
