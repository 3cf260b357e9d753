import { euro, one, type PageData, post, submitted } from './page.ts'
import { type ProductData, shown } from './product.ts'

/** How many of which product; kept by the browser. */
type Cart = Record<string, number>

export function cart(): Cart {
  return JSON.parse(localStorage.getItem('cart') ?? '{}') as Cart
}

export function put(id: string, count: number): void {
  const now = cart()
  if (count > 0) now[id] = count
  else delete now[id]
  localStorage.setItem('cart', JSON.stringify(now))
  cartCount()
}

export function cartCount(): void {
  const count = Object.values(cart()).reduce((sum, each) => sum + each, 0)
  one('#count').textContent = String(count)
}

function linesOf({
  products = [],
}: PageData): readonly (ProductData & { readonly quantity: number })[] {
  const now = cart()
  return products.flatMap((product) => {
    const quantity = now[product.product_id] ?? 0
    return quantity > 0 ? [{ ...product, quantity }] : []
  })
}

function totalOf(lines: ReturnType<typeof linesOf>): number {
  return (
    Math.round(lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0) * 100) / 100
  )
}

export function showCart(data: PageData): void {
  const lines = linesOf(data)
  showLines(lines, (id, count) => {
    put(id, count)
    showCart(data)
  })
  one('#to-checkout').hidden = lines.length === 0
}

/**
 * A link of a mail leads here. It works once, so it waits for the shopper's click: programs open the pages of links
 * in mails too.
 */
export function offerRebuild(data: PageData): void {
  const token = new URLSearchParams(location.search).get('rebuild')
  if (token === null) return
  const offer = one('#rebuild')
  offer.hidden = false
  const rebuild = async () => {
    try {
      const { cart: saved = {} } = await post('/api/rebuild', { token })
      for (const [id, count] of Object.entries(saved)) put(id, count)
      offer.hidden = true
      showCart(data)
    } catch (error) {
      one('#rebuild output').textContent = error instanceof Error ? error.message : String(error)
    }
  }
  one('#rebuild button').addEventListener('click', () => void rebuild())
}

/** For mails about this cart; the cart's page where no link is to be had. */
async function cartLink(): Promise<string> {
  const page = `${location.origin}/cart`
  try {
    const { link = page } = await post('/api/cart-link', { cart: cart() })
    return link
  } catch {
    return page
  }
}

function showLines(
  lines: ReturnType<typeof linesOf>,
  change?: (id: string, count: number) => void,
): void {
  one('#lines').replaceChildren(
    ...lines.map(({ product_id: id, name, price, quantity }) => {
      const line = document.createElement('p')
      line.className = 'line'
      const picture = Object.assign(new Image(64, 64), { src: `/picture/${id}.svg`, alt: '' })
      const label = document.createElement('span')
      label.textContent = `${quantity} × ${name}`
      const sum = document.createElement('b')
      sum.textContent = euro(price * quantity)
      line.append(picture, label, sum)
      if (change !== undefined) {
        const less = Object.assign(document.createElement('button'), {
          className: 'soft',
          textContent: '−',
        })
        less.setAttribute('aria-label', `One ${name} less`)
        less.addEventListener('click', () => change(id, quantity - 1))
        line.append(less)
      }
      return line
    }),
  )
  one('#total').textContent = lines.length === 0 ? 'It is empty.' : `Total ${euro(totalOf(lines))}`
}

export function showCheckout(data: PageData): void {
  const lines = linesOf(data)
  showLines(lines)
  const form = one<HTMLFormElement>('#order')
  const email = form.elements.namedItem('email') as HTMLInputElement
  email.value = localStorage.getItem('customer') ?? ''
  // One id for this cart, however often the page is opened: it counts once.
  const checkout =
    sessionStorage.getItem('checkout') ?? crypto.getRandomValues(new Uint32Array(2)).join('')
  sessionStorage.setItem('checkout', checkout)
  // Asked for before it is needed: the shopper may be gone soon after the address is typed.
  const link = cartLink()
  const started = async () =>
    window.tillpost.startedCheckout({
      order_id: checkout,
      value: totalOf(lines),
      currency: 'EUR',
      checkout_url: await link,
      products: lines.map((line) => ({ ...shown(line), quantity: line.quantity })),
    })
  if (email.value !== '') void started()
  email.addEventListener('change', () => {
    if (!email.checkValidity() || email.value === '') return
    // The first thing that a guest says of himself.
    window.tillpost.identify({ email: email.value })
    void started()
  })
  submitted(
    '#order',
    '/api/order',
    ({ order }) => {
      localStorage.removeItem('cart')
      sessionStorage.removeItem('checkout')
      location.assign(`/thanks?order=${order}`)
      return 'Thank you!'
    },
    () => ({ cart: cart() }),
  )
}
