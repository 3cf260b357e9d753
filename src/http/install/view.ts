import { type Html, html } from '../pages/html.ts'
import { page } from '../pages/page.ts'
import type { Place } from './places.ts'

/** What a person sees on the way to Klaviyo and back. */

export function choicePage(places: readonly Place[], path: string): string {
  return lone(
    'Which store?',
    html`<p>Klaviyo is connected to one store at a time.</p>
      <ul>
        ${places.map(({ workspaceId, workspaceName, storeId, storeName, connectedBy }) => {
          const query = new URLSearchParams({ workspace: workspaceId, store: storeId })
          return html`<li>
            <a href="${path}?${query.toString()}">${storeName}</a> in
            ${workspaceName}${connectedBy !== undefined && ', connected already'}
          </li>`
        })}
      </ul>`,
  )
}

/** C10: said before, because it cannot be undone at Klaviyo. */
export function keyPage({ storeName, accountName, accountId }: Place, go: string): string {
  return lone(
    'Change from a key to the app?',
    html`<p>
        ${storeName} sends to ${accountName ?? accountId} with a private key. Klaviyo keeps what
        comes from an app apart: each metric will be there twice, under the same name, and flows and
        segments that use the old one do not see the new events until you change them.
      </p>
      <p>Nothing that was sent is removed. Events that wait go out by the app.</p>
      <p><a class="button" href="${go}">Go on to Klaviyo</a></p>`,
  )
}

export function donePage(
  place: Place,
  support: string | undefined,
  isSourceNew: boolean,
  twice?: { readonly says: string; readonly todo?: string },
): string {
  const { storeName, accountName, since } = place
  return lone(
    'Connected',
    html`<p>
        <strong>${storeName}</strong> is connected to
        Klaviyo${accountName !== undefined && html`: <strong>${accountName}</strong>`}.
      </p>
      <p>
        Events flow from ${since === undefined ? 'now' : new Date(since).toUTCString()} on. What
        happened before needs a backfill.
      </p>
      ${
        isSourceNew &&
        html`<p>
          The store had no source, so one was made. Its browser key and the snippet are under
          <a href="/admin/${place.workspaceId}/stores">Stores and sources</a>; for the shop’s server
          make a write key there.
        </p>`
      }
      <p><a class="button" href="${manageAddress(place)}">Go on</a></p>
      ${twice !== undefined && html`<p role="alert"><strong>${twice.says}</strong> ${twice.todo}</p>`}
      ${help(support)}`,
  )
}

const causes = new Map([
  ['access_denied', 'The connection was not allowed at Klaviyo.'],
  ['over', 'This attempt was used or is over, or it was begun in another browser.'],
  [
    'other_account',
    'The store is connected to another Klaviyo account. Disconnect that one first, or choose it at Klaviyo.',
  ],
  ['invalid_grant', 'Klaviyo did not take the approval: it was used before, or took too long.'],
  [
    'invalid_client',
    'Klaviyo does not know this installation’s app: whoever hosts it has to check KLAVIYO_CLIENT_ID and its secret.',
  ],
  ['invalid_scope', 'The app at Klaviyo lacks a permission that this needs.'],
  ['unreachable', 'Klaviyo could not be reached.'],
])

/** T11: what to do, beside what went wrong. */
export function failedPage(why: string, again: string, support: string | undefined): string {
  return lone(
    'Not connected',
    html`<p role="alert">${causes.get(why) ?? 'Klaviyo did not connect the store.'}</p>
      <ol>
        <li>Start the connection again from here.</li>
        <li>
          Check that your Klaviyo user may approve apps for that account: owners, admins and
          managers may.
        </li>
      </ol>
      <p><a class="button" href="${again}">Start again</a></p>
      ${help(support)}`,
  )
}

export function noAppPage(support: string | undefined): string {
  return lone(
    'Connect with a private key',
    html`<p>
        This installation has no app registered with Klaviyo, so a store is connected with a private
        key. Whoever hosts it can set KLAVIYO_CLIENT_ID and KLAVIYO_CLIENT_SECRET to change that.
      </p>
      ${help(support)}`,
  )
}

export function nowherePage(support: string | undefined): string {
  return lone(
    'No store to connect',
    html`<p>
        There is no such store, or you may not connect it. Ask an owner or admin of its workspace.
      </p>
      ${help(support)}`,
  )
}

function help(support: string | undefined): Html | undefined {
  return support === undefined
    ? undefined
    : html`<p>Questions? <a href="${support}">${support.replace(/^mailto:/u, '')}</a></p>`
}

function lone(title: string, body: Html): string {
  return page({
    title,
    body: html`<section class="lone">
      <h1>${title}</h1>
      ${body}
    </section>`,
  })
}

/** Where the new connection is looked after. */
function manageAddress({ workspaceId, connectionId = '' }: Place): string {
  const query = new URLSearchParams({ connection: connectionId }).toString()
  return `/admin/${encodeURIComponent(workspaceId)}/integrations/klaviyo?${query}`
}
