import type { Profile } from '../profile-store.ts'
import type { ConsentStatus } from '../consent-state.ts'
import { segmentMembers } from '../segments.ts'
import { eventId } from '../ids.ts'
import { textOf } from '../json.ts'
import { type Html, html } from './html.ts'
import { ago, dateTime, layout, money, plural, to, type View } from './layout.ts'

const perPage = 50
const timelineLength = 100

export function nameOf(profile: Profile): string {
  const full = [profile.first_name, profile.last_name].filter((one) => one !== null).join(' ')
  const known = [full, profile.email, profile.phone_number, profile.external_id]
  return known.find((one) => one !== null && one !== '') ?? `Visitor ${profile.id.slice(-6)}`
}

function statusOf(profile: Profile, channel: 'email' | 'sms'): ConsentStatus {
  return profile.consent?.channels[`${channel}/marketing`]?.status ?? 'NEVER_SUBSCRIBED'
}

export function consentPills(profile: Profile): readonly Html[] {
  const pills: Html[] = []
  for (const channel of ['email', 'sms'] as const) {
    const status = statusOf(profile, channel)
    if (status === 'SUBSCRIBED') pills.push(html`<span class="pill good">${channel}</span>`)
    if (status === 'UNSUBSCRIBED') pills.push(html`<span class="pill bad">${channel} left</span>`)
  }
  for (const { reason } of profile.consent?.suppressions ?? []) {
    pills.push(html`<span class="pill bad">${reason.toLowerCase().replaceAll('_', ' ')}</span>`)
  }
  return pills
}

/** Everyone, the last changed first, or those who fit what was typed. */
export function peoplePage(view: View): Html {
  const { account, query, now } = view
  const asked = (query.get('q') ?? '').trim().toLowerCase()
  const skip = Math.max(0, Number(query.get('skip') ?? 0) || 0)
  const found: Profile[] = []
  for (const profile of account.profiles.all()) {
    if (asked === '' || fits(profile, asked)) found.push(profile)
  }
  found.sort((a, b) => b.updated - a.updated || b.place - a.place)
  const rows = found.slice(skip, skip + perPage)
  return layout(view, {
    title: 'Profiles',
    at: '/ui/profiles',
    content: html`<div class="head">
        <h1>Profiles</h1>
        <form class="row" method="get">
          ${view.world.accounts.size > 1 ? html`<input type="hidden" name="account" value="${account.id}" />` : ''}
          <input
            type="search"
            name="q"
            value="${asked}"
            placeholder="Email, phone, name or id"
            aria-label="Search profiles"
          />
          <button>Search</button>
        </form>
      </div>
      <section class="card flush">
        ${
          rows.length === 0
            ? html`<p class="empty">
                ${asked === '' ? 'Nobody yet. A profile appears with its first event or import.' : 'Nobody fits.'}
              </p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Profile</th>
                      <th>External id</th>
                      <th>Consent</th>
                      <th class="number">Last event</th>
                      <th class="number">Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${rows.map((profile) => row(view, profile))}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      <div class="head">
        <p class="soft">${plural(found.length, 'profile')}</p>
        <div class="actions">
          ${skip > 0 ? html`<a href="${to(view, '/ui/profiles', { q: asked, skip: String(Math.max(0, skip - perPage)) })}">Earlier</a>` : ''}
          ${skip + perPage < found.length ? html`<a href="${to(view, '/ui/profiles', { q: asked, skip: String(skip + perPage) })}">More</a>` : ''}
        </div>
      </div>`,
  })

  function row({ account: _account }: View, profile: Profile): Html {
    return html`<tr>
      <td>
        <a href="${to(view, `/ui/profiles/${profile.id}`)}">${nameOf(profile)}</a
        >${profile.email !== null && nameOf(profile) !== profile.email ? html`<br /><span class="soft">${profile.email}</span>` : ''}
      </td>
      <td><code>${profile.external_id ?? ''}</code></td>
      <td><div class="pills">${consentPills(profile)}</div></td>
      <td class="number soft">${profile.lastEvent === null ? '' : ago(profile.lastEvent, now)}</td>
      <td class="number soft">${ago(profile.updated, now)}</td>
    </tr>`
  }
}

function fits(profile: Profile, asked: string): boolean {
  return [
    profile.email,
    profile.phone_number,
    profile.external_id,
    profile.anonymous_id,
    profile.first_name,
    profile.last_name,
    profile.id,
  ].some((one) => one?.toLowerCase().includes(asked) === true)
}

/** One person: identifiers, consent, properties, groups, and everything that happened. */
export function personPage(view: View, id: string): Html | undefined {
  const { account } = view
  const profile = account.profiles.byId(id)
  if (profile === undefined) return undefined
  const lists = Object.keys(profile.lists).flatMap((one) => account.lists.get(one) ?? [])
  const segments = [...account.table('segment').values()].filter(({ id: segment }) =>
    segmentMembers(view, segment).has(profile),
  )
  return layout(view, {
    title: nameOf(profile),
    at: '/ui/profiles',
    content: html`<div class="head">
        <div>
          <p class="eyebrow"><a href="${to(view, '/ui/profiles')}">Profiles</a></p>
          <h1>${nameOf(profile)}</h1>
        </div>
        <div class="pills">${consentPills(profile)}</div>
      </div>
      <div class="columns">
        <div style="display:grid;gap:20px">
          <section class="card">
            <h2>Identifiers</h2>
            <dl>
              ${fact('Email', profile.email)} ${fact('Phone', profile.phone_number)}
              ${fact('External id', profile.external_id)}
              ${fact('Anonymous id', profile.anonymous_id)} ${fact('Klaviyo id', profile.id)}
              ${fact(
                'Also',
                Object.values(profile.also ?? {})
                  .flat()
                  .join(', '),
              )}
              ${fact('Created', dateTime(profile.created))}
              ${fact('Changed', dateTime(profile.updated))}
            </dl>
          </section>
          <section class="card">
            <h2>Consent</h2>
            ${consentTable(view, profile)}
          </section>
          <section class="card">
            <h2>About</h2>
            <dl>
              ${fact('Organization', profile.organization)} ${fact('Title', profile.title)}
              ${fact('Locale', profile.locale)}
              ${Object.entries(profile.location ?? {}).map(([name, value]) => fact(name, textOf(value)))}
              ${Object.entries(profile.properties).map(([name, value]) => fact(name, textOf(value)))}
            </dl>
          </section>
          <section class="card">
            <h2>Lists and segments</h2>
            <div class="pills">
              ${lists.map(({ name }) => html`<span class="pill">${name}</span>`)}
              ${segments.map(({ attributes }) => html`<span class="pill accent">${textOf(attributes['name'])}</span>`)}
              ${lists.length + segments.length === 0 ? html`<span class="soft">In none.</span>` : ''}
            </div>
          </section>
        </div>
        <section class="card">
          <h2>Timeline</h2>
          ${timeline(view, profile)}
        </section>
      </div>`,
  })
}

function fact(name: string, value: string | null): Html | string {
  return value === null || value === ''
    ? ''
    : html`<dt>${name}</dt>
        <dd>${value}</dd>`
}

function consentTable({ account }: View, profile: Profile): Html {
  const agreed = Object.entries(profile.consent?.channels ?? {})
  const pending = account.pendingOptIns.filter(
    ({ email, phone_number: phone }) =>
      (email !== null && email === profile.email) ||
      (phone !== null && phone === profile.phone_number),
  )
  if (agreed.length + pending.length === 0) {
    return html`<p class="soft">
      Never subscribed to anything. Klaviyo would still say that it can receive email: that is not
      consent.
    </p>`
  }
  return html`<dl>
    ${agreed.map(
      ([channel, { status, consentedAt, method, doubleOptIn, customSource }]) =>
        html`<dt>${channel.replace('/', ' ')}</dt>
          <dd>
            <span class="pill ${status === 'SUBSCRIBED' ? 'good' : 'bad'}"
              >${status.toLowerCase()}</span
            >
            <span class="soft"
              >${consentedAt === null ? '' : dateTime(consentedAt)} ${method ?? ''}
              ${doubleOptIn === true ? 'double opt-in' : ''} ${customSource ?? ''}</span
            >
          </dd>`,
    )}
    ${pending.map(
      ({ channel, askedAt }) =>
        html`<dt>${channel}</dt>
          <dd>
            <span class="pill warn">asked to confirm</span>
            <span class="soft">${dateTime(askedAt)}</span>
          </dd>`,
    )}
  </dl>`
}

function timeline({ account }: View, profile: Profile): Html {
  const places = [...account.events.ofProfile(profile.place)]
  places.sort((a, b) => account.events.timeOf(b) - account.events.timeOf(a) || b - a)
  if (places.length === 0) return html`<p class="soft">Nothing happened yet.</p>`
  const shown = places.slice(0, timelineLength).flatMap((place) => account.events.get(place) ?? [])
  return html`<ol class="timeline">
      ${shown.map((event) => {
        const metric = account.metrics[event.metric]
        return html`<li class="${metric?.integration.key === 'klaviyo' ? 'own' : ''}">
          <strong>${metric?.name ?? ''}</strong> ${money(event.value, event.currency)}
          ${event.backfill ? html`<span class="pill">backfill</span>` : ''}
          <div class="when">${dateTime(event.timeMs)} · <code>${event.uniqueId}</code></div>
          <details>
            <summary>Properties</summary>
            <pre>${JSON.stringify(JSON.parse(event.properties), null, 2)}</pre>
            <p class="soft"><code>${eventId(event.place)}</code></p>
          </details>
        </li>`
      })}
    </ol>
    ${places.length > timelineLength ? html`<p class="soft">and ${places.length - timelineLength} earlier</p>` : ''}`
}
