import type { Outcome, ReasonCode, Refused } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import { type Counts, entriesOf } from '../overview.ts'
import { type Html, html } from './html.ts'
import { jsonBlock } from './json.ts'
import { count, counted, moment } from './times.ts'
import { adviceOf, outcomePill, sentenceOf, toneOf } from './words.ts'

/** What became of events: how many, why, and what to do. `linkOf` leads to the events themselves. */
export function reasonTable(counts: Counts, linkOf: (reason: ReasonCode) => string): Html | false {
  const entries = entriesOf(counts).toSorted(([a], [b]) => place(a) - place(b))
  if (entries.length === 0) return false
  const most = Math.max(...entries.map(([, number]) => number))
  return html`<section aria-labelledby="became">
    <h2 id="became">What became of events</h2>
    ${table(entries, (reason, number) => {
      const { outcome } = reasons[reason]
      return html`<a href="${linkOf(reason)}">${count(number)}</a>
        <meter
          class="${toneOf(outcome)}"
          min="0"
          max="${most}"
          value="${number}"
          aria-hidden="true"
        ></meter>`
    })}
  </section>`
}

/** What never became an event. */
export function refusedTable(
  counts: Counts,
  newest: readonly Refused[],
  now: number,
): Html | false {
  const entries = entriesOf(counts)
  if (entries.length === 0) return false
  const total = entries.reduce((sum, [, number]) => sum + number, 0)
  return html`<section aria-labelledby="refused">
    <h2 id="refused">
      Refused at the door <span class="quiet">${counted(total, 'entry', 'entries')}</span>
    </h2>
    <p class="quiet">What arrived but is no event. Its neighbours in a batch were taken.</p>
    ${table(entries, (_reason, number) => html`<span>${count(number)}</span>`)}
    ${
      newest.length > 0 &&
      html`<details class="fold">
        <summary>Show the newest ${newest.length === 1 ? '' : newest.length}</summary>
        ${newest.map(
          ({ at, reason, body }) =>
            html`<h3>${moment(at, now)} ${sentenceOf(reason)}</h3>
              ${jsonBlock(body)}`,
        )}
      </details>`
    }
  </section>`
}

function table(
  entries: readonly (readonly [ReasonCode, number])[],
  numberOf: (reason: ReasonCode, number: number) => Html,
): Html {
  return html`<table class="reasons">
    <thead class="sr">
      <tr>
        <th>Status</th>
        <th>How many</th>
        <th>Why, and what to do</th>
      </tr>
    </thead>
    <tbody>
      ${entries.map(
        ([reason, number]) =>
          html`<tr>
            <td>${outcomePill(reasons[reason].outcome)}</td>
            <td class="number">${numberOf(reason, number)}</td>
            <td>${sentenceOf(reason)} <span class="quiet">${adviceOf(reason)}</span></td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

const order: readonly Outcome[] = [
  'accepted',
  'confirmed',
  'waiting',
  'sending',
  'retrying',
  'held',
  'retry',
  'dropped',
  'dead',
]

function place(reason: ReasonCode): number {
  return order.indexOf(reasons[reason].outcome)
}
