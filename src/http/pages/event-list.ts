import type { Connection, EventRow, Lane, ReasonCode } from '../../core/index.ts'
import { lanes, reasons } from '../../core/index.ts'
import type { ShownRow } from '../event-rows.ts'
import { type Filters, outcomes } from '../query.ts'
import { type Html, html } from './html.ts'
import { fromNow, moment } from './times.ts'
import { outcomePill, outcomeWords } from './words.ts'

export interface EventList {
  readonly connectionId: string
  readonly filters: Filters
  readonly events: readonly ShownRow[]
  /** To filter by. */
  readonly reasons: readonly ReasonCode[]
  /** Lanes that hold anything. */
  readonly lanes: readonly Lane[]
  readonly now: number
  /** Shown when nothing has ever arrived. */
  readonly first: Html
}

/** The newest events, with filters and pages. */
export function eventList(list: EventList): Html {
  const { events, filters } = list
  return html`<section aria-labelledby="events">
    <h2 id="events">${filters.before === undefined ? 'Newest events' : 'Older events'}</h2>
    ${filterForm(list)} ${events.length === 0 ? nothing(list) : table(list)} ${pager(list)}
  </section>`
}

/** `/?…#events` with these filters, changed. */
export function listLink(connectionId: string, filters: Partial<Omit<Filters, 'limit'>>): string {
  const query = new URLSearchParams({ connection: connectionId })
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined && value !== 'live') query.set(name, String(value))
  }
  return `/?${query.toString()}#events`
}

function filterForm({ connectionId, filters, reasons: some, lanes: used }: EventList): Html {
  const shownReasons = new Set(some)
  if (filters.reason !== undefined) shownReasons.add(filters.reason)
  return html`<form class="filters" method="get" action="/#events" role="search">
    <input type="hidden" name="connection" value="${connectionId}" />
    <label>
      <span>Status</span>
      <select name="outcome">
        <option value="">any</option>
        ${outcomes.map((one) => option(one, outcomeWords[one], one === filters.outcome))}
      </select>
    </label>
    <label class="wide">
      <span>Reason</span>
      <select name="reason">
        <option value="">any</option>
        ${[...shownReasons].map((one) =>
          option(one, reasons[one].sentence, one === filters.reason),
        )}
      </select>
    </label>
    <label class="wide">
      <span>Person</span>
      <input
        name="person"
        type="search"
        value="${filters.person}"
        placeholder="email, phone or customer id"
        autocomplete="off"
      />
    </label>
    ${
      (used.length > 1 || filters.lane !== 'live') &&
      html`<label>
        <span>Lane</span>
        <select name="lane">
          ${lanes.map((one) => option(one, one, one === filters.lane))}
        </select>
      </label>`
    }
    <button>Show</button>
    ${isFiltered(filters) && html`<a href="${listLink(connectionId, {})}">Clear</a>`}
  </form>`
}

function option(value: string, text: string, selected: boolean): Html {
  return html`<option value="${value}" ${selected && 'selected'}>${text}</option>`
}

function isFiltered({ outcome, reason, person, lane }: Filters): boolean {
  return outcome !== undefined || reason !== undefined || person !== undefined || lane !== 'live'
}

function table({ connectionId, events, now }: EventList): Html {
  return html`<table class="events">
    <thead>
      <tr>
        <th>Received</th>
        <th>Event</th>
        <th>Person</th>
        <th>Status</th>
      </tr>
    </thead>
    <tbody>
      ${events.map(
        (event) =>
          html`<tr>
            <td class="when">${moment(event.receivedAt, now)}</td>
            <td class="what">
              <a href="${eventLink(connectionId, event.messageId)}">${event.name}</a>
              ${event.type !== event.name && html`<span class="quiet">${event.type}</span>`}
            </td>
            <td class="who">${personOf(event)}</td>
            <td class="status">
              ${outcomePill(event.outcome)}
              ${event.former !== undefined && formerNote(event.former, now)}
              ${
                event.reason !== undefined &&
                event.reason !== 'accepted' &&
                html`<span class="quiet"
                  >${reasons[event.reason].sentence}
                  ${event.nextAt !== undefined && `Next try ${fromNow(event.nextAt, now)}.`}</span
                >`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function nothing({ filters, connectionId, first }: EventList): Html {
  if (filters.before !== undefined) return html`<p class="empty">There are no older events.</p>`
  if (!isFiltered(filters)) return first
  return html`<p class="empty">
    No event fits these filters. <a href="${listLink(connectionId, {})}">Show all</a>
  </p>`
}

function pager({ connectionId, filters, events }: EventList): Html | false {
  const { limit, before, ...others } = filters
  const last = events.at(-1)
  const hasOlder = last !== undefined && events.length === limit
  if (!hasOlder && before === undefined) return false
  return html`<nav class="pager" aria-label="Pages">
    ${before !== undefined && html`<a href="${listLink(connectionId, others)}">← Newest</a>`}
    ${hasOlder && html`<a href="${listLink(connectionId, { ...others, before: last.seq })}">Older →</a>`}
  </nav>`
}

export function eventLink(connectionId: string, messageId: string): string {
  const query = new URLSearchParams({ connection: connectionId })
  return `/events/${encodeURIComponent(messageId)}?${query.toString()}`
}

/** Which connection had it: the one that is shown was made later. */
export function formerNote({ endedAt }: Connection, now: number): Html {
  return html`<span class="quiet"
    >By the former
    connection${endedAt !== undefined && html`, until ${moment(endedAt, now)}`}.</span
  >`
}

/** Without the word that names the kind: it is seen. */
function personOf({ person, anonymousId }: EventRow): Html {
  if (person !== undefined) return html`${person.slice(person.indexOf(':') + 1)}`
  return html`<span class="quiet">${anonymousId === undefined ? 'unknown' : 'guest'}</span>`
}
