import type { Attempt, Exception, Identifiers } from '../../core/index.ts'
import type { EventLife } from '../event-life.ts'
import { eventLink, formerNote, listLink } from './event-list.ts'
import { type Html, html } from './html.ts'
import { jsonBlock } from './json.ts'
import { page } from './page.ts'
import { count, counted, fromNow, moment } from './times.ts'
import { adviceOf, outcomePill, sentenceOf, statusPill } from './words.ts'

/** One event's life: what came, what it became, what Klaviyo said. */
export function eventPage(life: EventLife, now: number, notice: string | undefined): string {
  const { story, connection } = life
  const { outcome, reason, exception, nextAt, former } = story
  return page({
    title: story.name,
    body: html`<p class="back"><a href="${listLink(connection.id, {})}">← All events</a></p>
      ${notice !== undefined && html`<p class="notice calm" role="status">${notice}</p>`}
      <section class="card">
        <div class="card-head">
          <div>
            <h1>${story.name}</h1>
            <p class="quiet"><code>${story.messageId}</code> · ${story.type}</p>
          </div>
          <div class="card-side">${outcomePill(outcome)} ${replayForm(life)}</div>
        </div>
        <p class="lede">
          ${
            reason === undefined
              ? 'It waits for its turn.'
              : html`${sentenceOf(reason)} <span class="quiet">${adviceOf(reason)}</span>`
          }
        </p>
        ${former !== undefined && html`<p>${formerNote(former, now)}</p>`}
        ${exception !== undefined && exceptionNote(exception, now)}
        ${
          nextAt !== undefined &&
          html`<p class="notice wait">The next try is due ${fromNow(nextAt, now)}.</p>`
        }
      </section>
      <div class="columns">
        <section aria-labelledby="life">
          <h2 id="life">Its life</h2>
          ${timeline(life, now)}
        </section>
        <section aria-labelledby="person">
          <h2 id="person">Person</h2>
          ${person(story.identifiers)} ${told(life)}
        </section>
      </div>
      <section aria-labelledby="received">
        <h2 id="received">What was received</h2>
        ${jsonBlock(story.body)}
      </section>
      ${mapped(life)} ${answers(story.attempts, now)}`,
  })
}

function replayForm({ story, connection }: EventLife): Html | false {
  const { outcome, reason, former } = story
  if (former !== undefined || reason === 'before_go_live') return false
  if (outcome !== 'dropped' && outcome !== 'dead' && outcome !== 'retry') return false
  const [path, query] = eventLink(connection.id, story.messageId).split('?')
  return html`<form method="post" action="${path}/replay?${query}">
    <button title="Send it again: the same event, the same unique id, by the settings of today">
      Replay
    </button>
  </form>`
}

function exceptionNote({ state, failures, dueAt, detail }: Exception, now: number): Html {
  const next =
    state === 'kept'
      ? `It is kept here after ${counted(failures, 'try', 'tries')}.`
      : state === 'replay'
        ? 'It was asked for again and goes out as soon as it can.'
        : `${counted(failures, 'try', 'tries')} so far. The next is due ${fromNow(dueAt, now)}.`
  return html`<p class="notice ${state === 'kept' ? 'none' : 'wait'}">
    ${next} ${detail !== undefined && html`Klaviyo said: <q>${detail}</q>`}
  </p>`
}

function timeline({ story, explanation, connection }: EventLife, now: number): Html {
  const { occurredAt, receivedAt, seq, lane, attempts } = story
  const isMapped = explanation.outcome === 'send'
  return html`<ol class="timeline">
    ${step('Happened', moment(occurredAt, now), html`by the sender’s clock, corrected by ours`)}
    ${step(
      'Received',
      moment(receivedAt, now),
      html`number ${count(seq)} of the ${lane} lane, ${span(receivedAt - occurredAt)} later`,
    )}
    ${step(
      'Routed',
      undefined,
      html`${isMapped ? 'let through' : explanation.lines[0]}
        <span class="quiet">by the settings of today (version ${connection.version})</span>`,
    )}
    ${isMapped && step('Mapped', undefined, html`${lines(explanation.lines)}`)}
    ${attempts.map((attempt) =>
      step(
        'Sent',
        moment(attempt.at, now),
        html`${attempt.actions > 1 && `with ${count(attempt.actions - 1)} more, `}to
          <code>${attempt.path}</code>; answered after ${count(attempt.durationMs)} ms
          ${statusPill(attempt.status)} ${notesFor(seq, attempt)}`,
      ),
    )}
    ${
      attempts.length === 0 &&
      step(
        'Sent',
        undefined,
        html`<span class="quiet">not yet: Klaviyo was not asked</span>`,
        'open',
      )
    }
  </ol>`
}

function notesFor(seq: number, { notes = [] }: Attempt): readonly Html[] {
  return notes
    .filter((one) => one.seq === seq)
    .map(
      ({ note }) =>
        html`<p>Note: ${sentenceOf(note)} <span class="quiet">${adviceOf(note)}</span></p>`,
    )
}

function step(name: string, at: Html | undefined, what: Html, kind = ''): Html {
  return html`<li class="${kind}">
    <p><strong>${name}</strong> ${at}</p>
    <div>${what}</div>
  </li>`
}

function lines(all: readonly string[]): Html | string {
  if (all.length === 1) return all[0] ?? ''
  return html`<ul>
    ${all.map((line) => html`<li>${line}</li>`)}
  </ul>`
}

function person({ email, phone, externalId, anonymousId }: Identifiers): Html {
  const known = [
    ['Email', email],
    ['Phone', phone],
    ['Customer id', externalId],
    ['Anonymous id', anonymousId],
  ].filter(([, value]) => value !== undefined)
  if (known.length === 0) return html`<p class="quiet">Nobody is known yet.</p>`
  return html`<dl class="pairs">
    ${known.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

/** W31: why a login may not have reached Klaviyo's own script. */
function told({ report, event }: EventLife): Html | false {
  if (report !== undefined) {
    return html`<p>
      <code>klaviyo.identify()</code> was called at this login: <strong>${report.result}</strong>
      <span class="quiet">(session ${report.session} of the visitor)</span>
    </p>`
  }
  if (event.type !== 'identify' || event.context?.['session'] === undefined) return false
  return html`<p class="quiet">
    The browser has not reported a <code>klaviyo.identify()</code> for this login: Klaviyo’s script
    is off, or the shopper did not allow marketing.
  </p>`
}

function mapped({ explanation, story }: EventLife): Html | false {
  const { actions } = explanation
  if (actions.length === 0) return false
  const was = story.attempts.length > 0
  return html`<section aria-labelledby="mapped">
    <h2 id="mapped">What Klaviyo is asked</h2>
    <p class="quiet">
      ${was ? 'By the settings of today; what was sent then is below.' : 'By the settings of today.'}
    </p>
    ${actions.map(
      (action) =>
        html`<details class="fold">
          <summary>${action.type === 'event' ? action.metric : action.type}</summary>
          ${jsonBlock(JSON.stringify(action))}
        </details>`,
    )}
  </section>`
}

function answers(attempts: readonly Attempt[], now: number): Html | false {
  if (attempts.length === 0) return false
  return html`<section aria-labelledby="answers">
    <h2 id="answers">What was sent, what Klaviyo answered</h2>
    ${attempts.map(
      ({ at, method, path, status, durationMs, request, response, error }) =>
        html`<details class="fold">
          <summary>
            ${moment(at, now)} <code>${method} ${path}</code> ${statusPill(status)}
            <span class="quiet">${error} ${count(durationMs)} ms</span>
          </summary>
          <h3>Sent <span class="quiet">the first 4 KB</span></h3>
          ${jsonBlock(request)}
          <h3>Answered</h3>
          ${response === '' ? html`<p class="quiet">An empty answer.</p>` : jsonBlock(response)}
        </details>`,
    )}
  </section>`
}

function span(ms: number): string {
  if (Math.abs(ms) < 2000) return `${count(Math.round(ms))} ms`
  return fromNow(0, Math.abs(ms)).replace(' ago', '')
}
