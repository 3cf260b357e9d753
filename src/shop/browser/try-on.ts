import { cart, put } from './cart.ts'
import { fieldsOf, one, type PageData } from './page.ts'
import { type ProductData, shown, tried } from './product.ts'

/** A product's page: seen, put into the cart, tried on, sent by email. */
export function showProduct({ product }: PageData): void {
  if (product === undefined) return
  const { tillpost } = window
  tillpost.viewedProduct(shown(product))
  one('#add').addEventListener('click', () => {
    const count = (cart()[product.product_id] ?? 0) + 1
    put(product.product_id, count)
    window.tillpost.addedToCart({
      ...shown(product),
      quantity: 1,
      value: product.price,
      checkout_url: `${location.origin}/cart`,
    })
    one('#said').textContent = `${product.name} is in your cart.`
  })
  const button = one<HTMLButtonElement>('#try-on')
  button.addEventListener('click', () => {
    button.disabled = true
    one('#said').textContent = 'Dressing you …'
    const run = runOf()
    setTimeout(() => {
      const picture = pictureOf(product)
      one<HTMLImageElement>('#shown').src = picture
      const details = { ...tried(product), tryonImageUrl: picture, tryonRunId: run }
      window.tillpost.generatedOnYouTryOn(details)
      window.tillpost.onYouTryonCompleted(details)
      one('#said').textContent = 'That is you.'
      one('#send').hidden = false
      button.disabled = false
    }, 900)
  })
  const form = one<HTMLFormElement>('#send')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const { email } = fieldsOf(form)
    window.tillpost.identify({ email })
    window.tillpost.requestedTryOnToEmail({
      ...tried(product),
      tryonImageUrl: pictureOf(product),
      tryonRunId: runOf(),
    })
    one<HTMLOutputElement>('#send output').value = 'On its way.'
  })
}

/** The mirror in the store. */
export function showStore({ products = [] }: PageData): void {
  for (const chip of document.querySelectorAll<HTMLElement>('[data-mirror]')) {
    chip.addEventListener('click', () => {
      const product = products.find(({ product_id: id }) => id === chip.dataset['mirror'])
      if (product === undefined) return
      one<HTMLImageElement>('#mirror').src = pictureOf(product)
      window.tillpost.generatedInStoreTryOn({
        ...tried(product),
        tryonImageUrl: pictureOf(product),
      })
    })
  }
}

function pictureOf({ product_id: id }: ProductData): string {
  return `${location.origin}/picture/${id}.svg?worn`
}

function runOf(): string {
  return `run-${crypto.getRandomValues(new Uint32Array(2)).join('')}`
}
