import type { Live } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import type { Overview } from '../overview.ts'
import { isReason } from '../query.ts'
import { type Html, html } from './html.ts'
import { count, counted, fromNow, moment } from './times.ts'
import { activityWords, adviceOf, statePill } from './words.ts'

/** One connection: how it is, how much of what, and the switches. */
export function connectionCard(overview: Overview, now: number): Html {
  const { connection, storeName, destination } = overview
  const account = destination?.accountName ?? destination?.accountId ?? 'no account'
  return html`<section class="card" aria-labelledby="${connection.id}">
    <div class="card-head">
      <div>
        <h1 id="${connection.id}">
          ${storeName}<span class="arrow" aria-label="to"> → </span>Klaviyo
        </h1>
        <p class="quiet">${account} · ${connection.settings.preset} preset</p>
      </div>
      <div class="card-side">${statePill(overview.state)}${switches(overview)}</div>
    </div>
    ${words(overview, now)} ${deletion(overview, now)} ${figures(overview)} ${facts(overview, now)}
  </section>`
}

function deletion({ failedDeleted }: Overview, now: number): Html | false {
  if (failedDeleted === undefined) return false
  const { keepMs, startsAt } = failedDeleted
  const start = startsAt === undefined ? 'a day after this is in the log' : fromNow(startsAt, now)
  return html`<p class="notice wait">
    <strong>Failed events are deleted</strong>
    ${counted(Math.round(keepMs / 3_600_000), 'hour', 'hours')} after they
    failed${(startsAt ?? Infinity) > now && html`, for the first time ${start}`}. The setting
    <code>keepFailedMs</code> says so.
  </p>`
}

function switches({ connection, state }: Overview): Html | false {
  if (state === 'disconnected') return false
  const step = state === 'paused' || state === 'ERROR' ? 'resume' : 'pause'
  const label = state === 'ERROR' ? 'Try again' : step === 'resume' ? 'Resume' : 'Pause'
  return html`<form
    method="post"
    action="/connections/${encodeURIComponent(connection.id)}/${step}"
  >
    <button>${label}</button>
  </form>`
}

/** The state in one sentence, and what to do about it. */
function words({ state, fault, live, toSend, oldestAt }: Overview, now: number): Html {
  const backlog =
    toSend === 0
      ? 'Everything that could be sent has been sent.'
      : `${counted(toSend, 'event waits', 'events wait')}${oldestAt === undefined ? '' : `, the oldest since ${fromNow(oldestAt, now)}`}.`
  if (state === 'ERROR') {
    const reason = fault?.reason ?? ''
    const known = isReason(reason) ? reasons[reason] : undefined
    return html`<p class="notice bad">
      <strong>${known?.sentence ?? 'Klaviyo refuses this connection.'}</strong> ${fault?.detail}
      ${isReason(reason) && adviceOf(reason)} ${backlog}
    </p>`
  }
  if (state === 'paused') {
    return html`<p class="notice wait">
      <strong>Paused.</strong> ${backlog} It is sent when you resume.
    </p>`
  }
  if (state === 'off' || state === 'disconnected') {
    const reason = reasons[state === 'off' ? 'connection_off' : 'disconnected']
    return html`<p class="notice none">
      ${state === 'off' ? 'Switched off: events end as not sent.' : 'Disconnected: nothing is taken.'}
      ${reason.todo}
    </p>`
  }
  if (live.state === 'retrying' || live.state === 'held') return troubled(live, backlog, now)
  return html`<p class="lede">${live.state === 'sending' ? 'Sending. ' : ''}${backlog}</p>`
}

function troubled({ state, reason, nextAt }: Live, backlog: string, now: number): Html {
  const known = reason === undefined ? undefined : reasons[reason]
  return html`<p class="notice wait">
    <strong>${known?.sentence ?? `It is ${activityWords[state]}.`}</strong>
    ${nextAt !== undefined && html`Next try ${fromNow(nextAt, now)}. `}${backlog}
    ${reason !== undefined && adviceOf(reason)}
  </p>`
}

function figures({ connection, totals, live }: Overview): Html {
  const to = (outcome: string) =>
    `/?connection=${encodeURIComponent(connection.id)}&outcome=${outcome}#events`
  const { received, accepted, notSent, failed, waiting } = totals
  return html`<dl class="figures">
    ${figure('Received', count(received), `/?connection=${encodeURIComponent(connection.id)}#events`)}
    ${figure('Accepted', count(accepted), to('accepted'), 'good')}
    ${figure('Not sent', count(notSent), to('dropped'))}
    ${figure('Failed', count(failed), to('dead'), failed > 0 ? 'bad' : '')}
    ${figure('Waiting', count(waiting), to('waiting'))}
    ${figure('Rate', count(live.perMinute), undefined, '', '/min')}
  </dl>`
}

function figure(label: string, number: string, href?: string, tone = '', unit = ''): Html {
  const shown = html`${number}${unit !== '' && html`<small>${unit}</small>`}`
  return html`<div class="${tone}">
    <dt>${label}</dt>
    <dd>${href === undefined ? shown : html`<a href="${href}">${shown}</a>`}</dd>
  </div>`
}

function facts({ connection, source, lastSuccessAt, lastError }: Overview, now: number): Html {
  return html`<dl class="facts">
    <div>
      <dt>Last success</dt>
      <dd>${lastSuccessAt === undefined ? 'none yet' : fromNow(lastSuccessAt, now)}</dd>
    </div>
    <div>
      <dt>Last error</dt>
      <dd>
        ${
          lastError === undefined
            ? 'none'
            : html`${fromNow(lastError.at, now)}
                <span class="quiet"
                  >${lastError.status === 0 ? '' : `${lastError.status}: `}${saidIn(lastError.text)}</span
                >`
        }
      </dd>
    </div>
    ${
      source?.browserKey !== undefined &&
      html`<div>
        <dt>Browser key</dt>
        <dd>
          <code>${source.browserKey}</code>
          ${
            source.browserMay === 'everything'
              ? html`<span class="quiet"
                  >may say everything: anybody who reads it in a page can report orders</span
                >`
              : html`<span class="quiet">tells behaviour only</span>`
          }
        </dd>
      </div>`
    }
    <div>
      <dt>Live since</dt>
      <dd>${moment(connection.since, now)}</dd>
    </div>
  </dl>`
}

/** What Klaviyo means: its answers hold it in a frame of JSON. */
function saidIn(text: string): string {
  const detail = /"detail":\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  const said = detail === undefined ? text : String(JSON.parse(detail))
  return said.length > 160 ? `${said.slice(0, 160)}…` : said
}
