import { textOf } from '../json.ts'
import type { Profile } from '../profile-store.ts'
import { segmentMembers } from '../segments.ts'
import { type Html, html } from './html.ts'
import { ago, layout, plural, to, type View } from './layout.ts'
import { consentPills, nameOf } from './people.ts'

const shownMembers = 100

export function groupsPage(view: View): Html {
  const { account, now } = view
  const members = (id: string): number => {
    let count = 0
    for (const profile of account.profiles.all()) if (profile.lists[id] !== undefined) count += 1
    return count
  }
  const lists = [...account.lists.values()]
  const segments = [...account.table('segment').values()]
  return layout(view, {
    title: 'Lists and segments',
    at: '/ui/lists',
    content: html`<h1>Lists and segments</h1>
      <section class="card flush">
        <h2>Lists</h2>
        ${
          lists.length === 0
            ? html`<p class="empty">No lists. Create one with <code>POST /api/lists</code>.</p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>List</th>
                      <th>Id</th>
                      <th>Opt-in</th>
                      <th class="number">Members</th>
                      <th class="number">Created</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${lists.map(
                      ({ id, name, optIn, created }) =>
                        html`<tr>
                          <td><a href="${to(view, `/ui/lists/${id}`)}">${name}</a></td>
                          <td><code>${id}</code></td>
                          <td>
                            <span class="pill"
                              >${optIn === 'double_opt_in' ? 'double' : 'single'}</span
                            >
                          </td>
                          <td class="number">${members(id).toLocaleString('en')}</td>
                          <td class="number soft">${ago(created, now)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      <section class="card flush">
        <h2>Segments</h2>
        ${
          segments.length === 0
            ? html`<p class="empty">
                No segments. Their members are worked out here as Klaviyo would.
              </p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Segment</th>
                      <th>Id</th>
                      <th class="number">Members</th>
                      <th class="number">Created</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${segments.map(
                      ({ id, attributes, created }) =>
                        html`<tr>
                          <td>
                            <a href="${to(view, `/ui/segments/${id}`)}"
                              >${textOf(attributes['name'])}</a
                            >
                          </td>
                          <td><code>${id}</code></td>
                          <td class="number">
                            ${segmentMembers(view, id).size.toLocaleString('en')}
                          </td>
                          <td class="number soft">${ago(created, now)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      ${pendingSection(view)}`,
  })
}

function pendingSection(view: View): Html | string {
  const { account, now } = view
  if (account.pendingOptIns.length === 0) return ''
  return html`<section class="card flush">
    <h2>Asked to confirm</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Who</th>
            <th>Channel</th>
            <th class="number">Asked</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${account.pendingOptIns
            .slice(0, shownMembers)
            .map(({ email, phone_number: phone, channel, askedAt }) => {
              const who = (channel === 'email' ? email : phone) ?? ''
              return html`<tr>
                <td>${who}</td>
                <td>${channel}</td>
                <td class="number soft">${ago(askedAt, now)}</td>
                <td class="number">
                  <form method="post" action="${to(view, '/ui/confirm')}">
                    <input type="hidden" name="who" value="${who}" /><button class="small">
                      Confirm for them
                    </button>
                  </form>
                </td>
              </tr>`
            })}
        </tbody>
      </table>
    </div>
  </section>`
}

export function listPage(view: View, id: string): Html | undefined {
  const list = view.account.lists.get(id)
  if (list === undefined) return undefined
  const joined = new Map<Profile, number>()
  for (const profile of view.account.profiles.all()) {
    const at = profile.lists[id]
    if (at !== undefined) joined.set(profile, at)
  }
  return membersPage(
    view,
    list.name,
    'List',
    joined,
    html`<span class="pill"
      >${list.optIn === 'double_opt_in' ? 'double opt-in' : 'single opt-in'}</span
    >`,
  )
}

export function segmentPage(view: View, id: string): Html | undefined {
  const segment = view.account.table('segment').get(id)
  if (segment === undefined) return undefined
  return membersPage(
    view,
    textOf(segment.attributes['name']),
    'Segment',
    segmentMembers(view, id),
    html`<section class="card">
      <h2>Definition</h2>
      <pre>${JSON.stringify(segment.attributes['definition'], null, 2)}</pre>
    </section>`,
  )
}

function membersPage(
  view: View,
  name: string,
  kind: string,
  joined: ReadonlyMap<Profile, number>,
  about: Html,
): Html {
  return layout(view, {
    title: name,
    at: '/ui/lists',
    content: html`<div>
        <p class="eyebrow"><a href="${to(view, '/ui/lists')}">Lists &amp; segments</a> · ${kind}</p>
        <h1>${name}</h1>
      </div>
      <p class="soft">${plural(joined.size, 'member')}</p>
      ${
        joined.size === 0
          ? html`<section class="card"><p class="empty">Nobody is in it.</p></section>`
          : html`<section class="card flush">
              <div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Profile</th>
                      <th>Consent</th>
                      <th class="number">Since</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${[...joined].slice(0, shownMembers).map(
                      ([profile, at]) =>
                        html`<tr>
                          <td>
                            <a href="${to(view, `/ui/profiles/${profile.id}`)}"
                              >${nameOf(profile)}</a
                            >
                          </td>
                          <td><div class="pills">${consentPills(profile)}</div></td>
                          <td class="number soft">${ago(at, view.now)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>
            </section>`
      }
      ${about}`,
  })
}
