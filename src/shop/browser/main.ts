import type { Tillpost } from '../../sdk/index.ts'
import { showAccount } from './account.ts'
import { cartCount, offerRebuild, showCart, showCheckout } from './cart.ts'
import { askConsent } from './consent.ts'
import { openDrawer } from './drawer.ts'
import { one, type PageData, submitted } from './page.ts'
import { showProduct, showStore } from './try-on.ts'

/** The shop's own script: it tells Tillpost what the shopper does, by the calls of docs/sdk.md. */
declare global {
  interface Window {
    tillpost: Tillpost
  }
}

const data = JSON.parse(one('#data').textContent) as PageData

const pages: Readonly<Record<string, () => void>> = {
  search: () => window.tillpost.searched(data.query ?? '', { results: data.count }),
  product: () => showProduct(data),
  cart: () => {
    showCart(data)
    offerRebuild(data)
  },
  checkout: () => showCheckout(data),
  account: showAccount,
  store: () => showStore(data),
}

pages[document.body.dataset['page'] ?? '']?.()
cartCount()
askConsent()
openDrawer()
const email = localStorage.getItem('customer')
if (email !== null) one('#account').textContent = 'Account'
submitted('#newsletter', '/api/newsletter', ({ message }) => message ?? 'Thank you.')
