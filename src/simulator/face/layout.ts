import type { Account } from '../account.ts'
import type { World } from '../world.ts'
import { type Html, html, page } from './html.ts'

/** What every page is given. */
export interface View {
  readonly world: World
  readonly account: Account
  readonly query: URLSearchParams
  readonly now: number
}

const places = [
  ['/', 'Overview'],
  ['/ui/profiles', 'Profiles'],
  ['/ui/metrics', 'Metrics'],
  ['/ui/lists', 'Lists & segments'],
  ['/ui/catalog', 'Catalog'],
  ['/ui/campaigns', 'Campaigns'],
  ['/ui/requests', 'Requests'],
  ['/ui/faults', 'Faults'],
] as const

/** A link that stays with the account. */
export function to(
  view: View,
  path: string,
  params: { readonly [name: string]: string } = {},
): string {
  const query = new URLSearchParams(params)
  if (view.world.accounts.size > 1) query.set('account', view.account.id)
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

export function layout(
  view: View,
  { title, at, content }: { readonly title: string; readonly at: string; readonly content: Html },
): Html {
  const { world, account } = view
  const counts = new Map<string, number>([
    ['/ui/profiles', account.profiles.count],
    ['/ui/metrics', account.metrics.length],
    ['/ui/lists', account.lists.size + account.table('segment').size],
    ['/ui/catalog', account.table('catalog-item').size],
    ['/ui/campaigns', account.table('campaign').size],
    ['/ui/faults', world.faults.list().length],
  ])
  const outage = world.faults.outageUntil(view.now)
  return page({
    title,
    script: live,
    content: html`<nav aria-label="Parts">
        <div class="brand">
          Klaviyo simulator<small>Not Klaviyo. Nothing leaves this machine.</small>
        </div>
        ${accountChooser(view)}
        <ul>
          ${places.map(
            ([path, name]) =>
              html`<li>
                <a href="${to(view, path)}" ${current(path === at)}
                  >${name}<span class="count">${countOf(counts.get(path))}</span></a
                >
              </li>`,
          )}
        </ul>
        <footer>
          <span>Clock <time>${clockTime(view.now)}</time></span>
          <span>Public key <code>${account.id}</code></span>
          <label
            ><span
              ><input type="checkbox" id="live" checked style="min-height:0" /> Keep up to
              date</span
            ></label
          >
        </footer>
      </nav>
      <main class="content">
        ${outage === undefined ? '' : html`<p class="banner">An outage is on until ${clockTime(outage)}: every call fails.</p>`}
        ${world.waiting === 0 ? '' : html`<p class="banner">${plural(world.waiting, 'accepted request')} not visible yet.</p>`}
        ${content}
      </main>`,
  })
}

function current(isCurrent: boolean): Html | string {
  return isCurrent ? html`aria-current="page"` : ''
}

function countOf(count: number | undefined): string {
  return count === undefined || count === 0 ? '' : count.toLocaleString('en')
}

function accountChooser({ world, account }: View): Html | string {
  if (world.accounts.size < 2)
    return html`<div class="pills" style="padding:0 10px">
      <span class="pill accent">${account.name}</span>
    </div>`
  return html`<form style="padding:0 10px">
    <label
      >Account<select name="account" onchange="this.form.submit()">
        ${[...world.accounts.values()].map(({ id, name }) => html`<option value="${id}" ${id === account.id ? 'selected' : ''}>${name}</option>`)}
      </select></label
    >
  </form>`
}

// Fetches the page again and puts in what changed, unless someone is typing or reading a detail.
const live = `
setInterval(async () => {
  const box = document.getElementById('live')
  if (!box.checked || document.hidden || document.querySelector('main details[open]')) return
  if (document.activeElement && document.activeElement.closest('main form')) return
  try {
    const text = await (await fetch(location.href)).text()
    const next = new DOMParser().parseFromString(text, 'text/html')
    for (const part of ['main', 'nav ul', 'nav time']) {
      const now = document.querySelector(part), then = next.querySelector(part)
      if (now && then && now.innerHTML !== then.innerHTML) now.innerHTML = then.innerHTML
    }
  } catch {}
}, 2000)
document.querySelector('nav a[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })`

export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}

export function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** How long ago, in the largest fitting unit. */
export function ago(ms: number, now: number): string {
  const seconds = Math.round((now - ms) / 1000)
  if (seconds < 0) return dateTime(ms)
  if (seconds < 5) return 'now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

export function plural(count: number, name: string): string {
  return `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`
}

export function money(value: number | null, currency: string | null): string {
  if (value === null) return ''
  const amount = value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return currency === null ? amount : `${amount} ${currency}`
}
