import { InvalidArgumentError } from 'commander'
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

const outcomes = Object.keys(words) as readonly Outcome[]

export function outcomeWord(outcome: Outcome): string {
  return words[outcome]
}

/**
 * Reads an outcome as one may type it: its word as lists print it, with spaces or hyphens, or the name that
 * programs know it by. Throws an `InvalidArgumentError` that names them all.
 */
export function readOutcome(given: string): Outcome {
  const typed = hyphened(given)
  for (const outcome of outcomes) {
    if (typed === outcome || typed === hyphened(words[outcome])) return outcome
  }
  throw new InvalidArgumentError(
    `It must be one of: ${outcomes.map((outcome) => hyphened(words[outcome])).join(', ')}.`,
  )
}

function hyphened(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, '-')
}

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
