import type { Entry } from '../entry.ts'
import { isObject, textOf } from '../json.ts'
import { type Html, html } from './html.ts'
import { ago, layout, plural, type View } from './layout.ts'

const shown = 200

/** The catalog: items with their variants and categories. */
export function catalogPage(view: View): Html {
  const { account, now } = view
  const items = [...account.table('catalog-item').values()]
  const variants = account.table('catalog-variant')
  const categories = account.table('catalog-category')
  const row = ({ attributes, related, updated }: Entry): Html => {
    const own = (related['variants'] ?? []).flatMap((id) => variants.get(id) ?? [])
    const stock = own.reduce(
      (sum, one) => sum + Number(one.attributes['inventory_quantity'] ?? 0),
      0,
    )
    return html`<tr>
      <td>
        ${textOf(attributes['title'])}<br /><code class="soft"
          >${textOf(attributes['external_id'])}</code
        >
      </td>
      <td>
        <div class="pills">
          ${(related['categories'] ?? []).map((id) => html`<span class="pill">${textOf(categories.get(id)?.attributes['name'])}</span>`)}
        </div>
      </td>
      <td class="number">${priceOf(attributes['price'])}</td>
      <td class="number">${own.length}</td>
      <td class="number">${own.length === 0 ? '' : stock}</td>
      <td>
        ${attributes['published'] === false ? html`<span class="pill warn">hidden</span>` : html`<span class="pill good">published</span>`}
      </td>
      <td class="number soft">${ago(updated, now)}</td>
    </tr>`
  }
  return layout(view, {
    title: 'Catalog',
    at: '/ui/catalog',
    content: html`<div class="head">
        <h1>Catalog</h1>
        <p class="soft">
          ${plural(items.length, 'item')}, ${plural(variants.size, 'variant')}, ${categories.size}
          categories
        </p>
      </div>
      <section class="card flush">
        ${
          items.length === 0
            ? html`<p class="empty">
                No items. Send them to <code>/api/catalog-item-bulk-create-jobs</code>.
              </p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Item</th>
                      <th>Categories</th>
                      <th class="number">Price</th>
                      <th class="number">Variants</th>
                      <th class="number">In stock</th>
                      <th></th>
                      <th class="number">Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${items.slice(0, shown).map((item) => row(item))}
                  </tbody>
                </table>
              </div>`
        }
      </section>`,
  })
}

const tones = new Map([
  ['Draft', ''],
  ['Sent', 'good'],
  ['Scheduled', 'accent'],
  ['Sending', 'accent'],
])

/** Campaigns, and the templates and flows that they stand beside. */
export function campaignsPage(view: View): Html {
  const { account, now } = view
  const campaigns = [...account.table('campaign').values()]
  const messages = account.table('campaign-message')
  const subjectOf = (campaign: Entry): string => {
    const message = messages.get(campaign.related['campaign-messages']?.[0] ?? '')
    const definition = message?.attributes['definition']
    const content = isObject(definition) ? definition['content'] : undefined
    return isObject(content) ? textOf(content['subject'] ?? content['body']) : ''
  }
  const plain = (type: string, title: string, empty: string): Html => {
    const entries = [...account.table(type).values()]
    return html`<section class="card flush">
      <h2>${title}</h2>
      ${
        entries.length === 0
          ? html`<p class="empty">${empty}</p>`
          : html`<div class="wide">
              <table>
                <tbody>
                  ${entries.slice(0, shown).map(
                    ({ id, attributes, created }) =>
                      html`<tr>
                        <td>${textOf(attributes['name'])}</td>
                        <td><code>${id}</code></td>
                        <td>${textOf(attributes['status'] ?? attributes['editor_type'])}</td>
                        <td class="number soft">${ago(created, now)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
    </section>`
  }
  return layout(view, {
    title: 'Campaigns',
    at: '/ui/campaigns',
    content: html`<h1>Campaigns</h1>
      <section class="card flush">
        ${
          campaigns.length === 0
            ? html`<p class="empty">
                No campaigns. Create one with <code>POST /api/campaigns</code>.
              </p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Campaign</th>
                      <th>Subject</th>
                      <th>Status</th>
                      <th class="number">Changed</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${campaigns.slice(0, shown).map((campaign) => {
                      const status = textOf(campaign.attributes['status'])
                      return html`<tr>
                        <td>${textOf(campaign.attributes['name'])}</td>
                        <td>${subjectOf(campaign)}</td>
                        <td><span class="pill ${tones.get(status) ?? 'bad'}">${status}</span></td>
                        <td class="number soft">${ago(campaign.updated, now)}</td>
                      </tr>`
                    })}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      <div class="columns">
        ${plain('template', 'Templates', 'No templates.')}
        ${plain('flow', 'Flows', 'No flows. They are kept here and not run.')}
      </div>`,
  })
}

/** With the cents that were sent, and without what adding them up in binary left behind. */
function priceOf(price: unknown): string {
  return typeof price === 'number' ? String(Number(price.toFixed(4))) : textOf(price)
}
