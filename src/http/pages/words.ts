import type { Live, Outcome, ReasonCode } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import type { State } from '../overview.ts'
import { type Html, html } from './html.ts'

/** Never colour alone: each tone goes with a sign and a word. */
type Tone = 'good' | 'calm' | 'wait' | 'bad' | 'none'

export const outcomeWords: Readonly<Record<Outcome, string>> = {
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

const outcomeSigns: Readonly<Record<Outcome, readonly [Tone, string]>> = {
  waiting: ['calm', '○'],
  sending: ['calm', '↑'],
  retrying: ['wait', '↻'],
  held: ['wait', '‖'],
  accepted: ['good', '✓'],
  confirmed: ['good', '✓'],
  dropped: ['none', '⊘'],
  retry: ['wait', '↻'],
  dead: ['bad', '✕'],
}

const stateSigns: Readonly<Record<State, readonly [Tone, string]>> = {
  connected: ['good', '●'],
  paused: ['wait', '‖'],
  off: ['none', '○'],
  ERROR: ['bad', '✕'],
  disconnected: ['none', '⊘'],
}

export function toneOf(outcome: Outcome): Tone {
  return outcomeSigns[outcome][0]
}

export function outcomePill(outcome: Outcome): Html {
  return pill(outcomeSigns[outcome], outcomeWords[outcome])
}

export function statePill(state: State): Html {
  return pill(stateSigns[state], state)
}

export function statusPill(status: number): Html {
  if (status === 0) return pill(['bad', '✕'], 'no answer')
  if (status < 300) return pill(['good', '✓'], String(status))
  return pill(status === 429 || status >= 500 ? ['wait', '↻'] : ['bad', '✕'], String(status))
}

/** What to do about a reason, or nothing when there is nothing to do. `Code` is set as such. */
export function adviceOf(reason: ReasonCode): Html | false {
  const todo = reasons[reason].todo.replace(/^Nothing[.:,]?\s*/, '')
  return todo !== '' && marked(todo.charAt(0).toUpperCase() + todo.slice(1))
}

export function sentenceOf(reason: ReasonCode): Html {
  return marked(reasons[reason].sentence)
}

function marked(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

/** What the delivery does at this moment, for a sentence. */
export const activityWords: Readonly<Record<Live['state'], string>> = {
  waiting: 'waiting for events',
  sending: 'sending',
  retrying: 'retrying',
  held: 'held',
}

function pill([tone, sign]: readonly [Tone, string], text: string): Html {
  return html`<span class="pill ${tone}"><span aria-hidden="true">${sign}</span>${text}</span>`
}
