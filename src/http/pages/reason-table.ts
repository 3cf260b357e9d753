import type { Refused } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import { type Counts, entriesOf } from '../overview.ts'
import { type Html, html } from './html.ts'
import { jsonBlock } from './json.ts'
import { count, counted, moment } from './times.ts'
import { outcomePill, toneOf } from './words.ts'

/** What became of events: how many, why, and what to do. `linkOf` leads to the events themselves. */
export function reasonTable(counts: Counts, linkOf: (reason: string) => string): Html | false {
  const entries = entriesOf(counts)
  const most = entries[0]?.[1] ?? 0
  if (most === 0) return false
  return html`<section aria-labelledby="became">
    <h2 id="became">What became of events</h2>
    <table class="reasons">
      <thead class="sr">
        <tr>
          <th>Status</th>
          <th>Events</th>
          <th>Why, and what to do</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(([reason, number]) => {
          const { outcome, sentence, todo } = reasons[reason]
          return html`<tr>
            <td>${outcomePill(outcome)}</td>
            <td class="number">
              <a href="${linkOf(reason)}">${count(number)}</a>
              <meter
                class="${toneOf(outcome)}"
                min="0"
                max="${most}"
                value="${number}"
                aria-hidden="true"
              ></meter>
            </td>
            <td>${sentence} <span class="quiet">${todo}</span></td>
          </tr>`
        })}
      </tbody>
    </table>
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
    <table class="reasons">
      <thead class="sr">
        <tr>
          <th>Status</th>
          <th>Entries</th>
          <th>Why, and what to do</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          ([reason, number]) =>
            html`<tr>
              <td>${outcomePill(reasons[reason].outcome)}</td>
              <td class="number">${count(number)}</td>
              <td>
                ${reasons[reason].sentence} <span class="quiet">${reasons[reason].todo}</span>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${newest.map(
      ({ at, reason, body }) =>
        html`<details class="fold">
          <summary>${moment(at, now)} ${reasons[reason].sentence}</summary>
          ${jsonBlock(body)}
        </details>`,
    )}
  </section>`
}
