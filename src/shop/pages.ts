import { html, Html } from './html.ts'
import { found, type Product, products } from './products.ts'

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** Of the page's kind, for its script. */
  readonly page: string
  /** What the page's script needs to know. */
  readonly data?: object
}

export interface Frame {
  /** Where Tillpost answers, and the key for pages. */
  readonly tillpost: string
  readonly browserKey: string
}

const euro = (amount: number): string =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(amount)

export function documentOf({ title, body, page, data = {} }: PageParts, frame: Frame): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Fernweh</title>
        <link rel="icon" href="/picture/pack-18.svg" />
        <link rel="stylesheet" href="/shop.css" />
        <script>
          window.tillpost ||= new Proxy([], {
            get: (q, m) => (m in q ? q[m] : (...a) => q.push([m, ...a])),
          })
        </script>
        <script async src="${frame.tillpost}/sdk/${frame.browserKey}.js"></script>
        <script type="application/json" id="data">
          ${new Html(json)}
        </script>
        <script type="module" src="/shop.js"></script>
      </head>
      <body data-page="${page}">
        <header class="top">
          <a class="brand" href="/">Fernweh</a>
          <form class="search" action="/search" role="search">
            <input name="q" type="search" placeholder="Search boots, packs …" aria-label="Search" />
          </form>
          <nav>
            <a href="/store">In store</a>
            <a href="/account" id="account">Log in</a>
            <a href="/cart" class="cart" aria-label="Cart">Cart <b id="count">0</b></a>
          </nav>
        </header>
        <main>${body}</main>
        <footer>
          <form id="newsletter" class="newsletter">
            <h2>Letters from the trail</h2>
            <p class="quiet">Each channel by itself; you can leave at any time.</p>
            <div class="fields">
              <div>
                <label
                  >Email <input type="email" name="email" placeholder="you@example.com"
                /></label>
                <label class="check"
                  ><input type="checkbox" name="emailConsent" /> Send me the newsletter by
                  email</label
                >
              </div>
              <div>
                <label
                  >Mobile <input type="tel" name="phone" placeholder="+49 151 23456789"
                /></label>
                <label class="check"
                  ><input type="checkbox" name="smsConsent" /> Send me offers by SMS</label
                >
              </div>
            </div>
            <button>Sign up</button>
            <output></output>
          </form>
          <p class="quiet">A demo shop: nothing is sold. It shows what Tillpost tells Klaviyo.</p>
        </footer>
        <aside id="consent" class="consent" hidden>
          <p>
            <strong>May we look over your shoulder?</strong> Nothing leaves this browser before you
            say so.
          </p>
          <div>
            <button data-consent="all">Yes</button>
            <button data-consent="analytics" class="soft">No marketing</button>
            <button data-consent="none" class="soft">No</button>
          </div>
        </aside>
        <button id="open-drawer" class="open-drawer" aria-expanded="false" aria-controls="drawer">
          <span class="dot"></span> What Klaviyo hears <b id="heard">0</b>
        </button>
        <section id="drawer" class="drawer" aria-label="What Klaviyo hears" hidden>
          <header>
            <h2>What Klaviyo hears</h2>
            <button id="close-drawer" class="soft" aria-label="Close">✕</button>
          </header>
          <p id="drawer-note" class="quiet"></p>
          <ol id="way"></ol>
          <p class="quiet links"><a href="${frame.tillpost}" target="_blank">Open Tillpost</a></p>
        </section>
      </body>
    </html>`.text
}

export function homePage(): PageParts {
  return {
    title: 'Things for outside',
    page: 'home',
    body: html`<section class="hero">
        <div>
          <h1>Things for outside</h1>
          <p>
            Made to be repaired. Walk around, try something on, buy it; the drawer shows what
            becomes of every step.
          </p>
        </div>
        <img src="/picture/jacket-squall.svg?worn" alt="" width="260" height="260" />
      </section>
      ${grid(products)}`,
  }
}

export function searchPage(query: string): PageParts {
  const hits = found(query)
  return {
    title: `Search: ${query}`,
    page: 'search',
    data: { query, count: hits.length },
    body: html`<h1>${hits.length === 0 ? 'Nothing' : hits.length} for “${query}”</h1>
      ${hits.length === 0 ? html`<p>Try “boot”, “jacket” or “pack”.</p>` : grid(hits)}`,
  }
}

export function productPage(product: Product): PageParts {
  const { id, name, price, category, line } = product
  return {
    title: name,
    page: 'product',
    data: { product: dataOf(product) },
    body: html`<article class="product">
      <figure>
        <img id="shown" src="/picture/${id}.svg" alt="${name}" width="520" height="520" />
      </figure>
      <div>
        <p class="quiet">${category}</p>
        <h1>${name}</h1>
        <p>${line}</p>
        <p class="price">${euro(price)}</p>
        <p class="actions">
          <button id="add">Add to cart</button>
          <button id="try-on" class="soft">Try it on</button>
        </p>
        <form id="send" class="send" hidden>
          <label
            >Send the picture to
            <input type="email" name="email" required placeholder="you@example.com"
          /></label>
          <button class="soft">Send</button>
          <output></output>
        </form>
        <output id="said"></output>
      </div>
    </article>`,
  }
}

export function cartPage(): PageParts {
  return {
    title: 'Cart',
    page: 'cart',
    data: { products: products.map(dataOf) },
    body: html`<h1>Your cart</h1>
      <p id="rebuild" hidden>
        <button>Put back what was in your cart</button>
        <output></output>
      </p>
      <div id="lines"></div>
      <p class="total" id="total"></p>
      <p><a class="button" id="to-checkout" href="/checkout">Check out</a></p>`,
  }
}

export function checkoutPage(): PageParts {
  return {
    title: 'Check out',
    page: 'checkout',
    data: { products: products.map(dataOf) },
    body: html`<h1>Check out</h1>
      <div class="columns">
        <form id="order" class="card">
          <label>Email <input type="email" name="email" required autocomplete="email" /></label>
          <label>First name <input name="firstName" required autocomplete="given-name" /></label>
          <label>Last name <input name="lastName" required autocomplete="family-name" /></label>
          <button>Place order</button>
          <output></output>
        </form>
        <div class="card">
          <div id="lines"></div>
          <p class="total" id="total"></p>
        </div>
      </div>`,
  }
}

export function thanksPage(order: string): PageParts {
  return {
    title: 'Thank you',
    page: 'thanks',
    body: html`<section class="hero">
      <div>
        <h1>Thank you!</h1>
        <p>
          Order ${order} came from the shop’s own server, with its secret key: no browser can make
          one up. The drawer shows it.
        </p>
        <p><a class="button" href="/">Go on</a></p>
      </div>
      <img src="/picture/boot-ridge.svg?worn" alt="" width="260" height="260" />
    </section>`,
  }
}

export function accountPage(): PageParts {
  return {
    title: 'Account',
    page: 'account',
    body: html`<h1 id="hello">Log in or sign up</h1>
      <p id="known" hidden><button id="log-out" class="soft">Log out</button></p>
      <div class="columns" id="forms">
        <form id="log-in" class="card">
          <h2>Log in</h2>
          <label>Email <input type="email" name="email" required autocomplete="email" /></label>
          <p class="quiet">No password: it is a demo.</p>
          <button>Log in</button>
        </form>
        <form id="sign-up" class="card">
          <h2>Sign up</h2>
          <label>Email <input type="email" name="email" required autocomplete="email" /></label>
          <label>First name <input name="firstName" required /></label>
          <label>Mobile <input type="tel" name="phone" placeholder="+49 151 23456789" /></label>
          <button>Sign up</button>
        </form>
      </div>`,
  }
}

export function storePage(): PageParts {
  const worn = products.filter(({ art }) => art === 'jacket' || art === 'shirt' || art === 'hat')
  return {
    title: 'In store',
    page: 'store',
    data: { products: products.map(dataOf) },
    body: html`<h1>The mirror in our store</h1>
      <p>Stand in front of it, pick a thing, and keep the picture.</p>
      <div class="mirror">
        <img
          id="mirror"
          src="/picture/${worn[0]?.id}.svg?worn"
          alt="You, in the mirror"
          width="420"
          height="420"
        />
      </div>
      <p class="chips">
        ${worn.map(({ id, name }) => html`<button class="soft" data-mirror="${id}">${name}</button>`)}
      </p>`,
  }
}

function grid(shown: readonly Product[]): Html {
  return html`<ul class="grid">
    ${shown.map(
      ({ id, name, price, category }) =>
        html`<li>
          <a href="/product/${id}">
            <img src="/picture/${id}.svg" alt="" width="400" height="400" loading="lazy" />
            <span class="quiet">${category}</span>
            <strong>${name}</strong>
            <span>${euro(price)}</span>
          </a>
        </li>`,
    )}
  </ul>`
}

/** A product as the events tell it. */
export function dataOf({ id, name, price, category }: Product): ProductData {
  return { product_id: id, sku: id, name, price, currency: 'EUR', categories: [category] }
}

export interface ProductData {
  readonly product_id: string
  readonly sku: string
  readonly name: string
  readonly price: number
  readonly currency: 'EUR'
  readonly categories: readonly string[]
}
