import { html } from '../pages/html.ts'
import { page } from '../pages/page.ts'

/** For a shopper whose link leads nowhere any more. `shop`: where to go from here, where that is known. */
export function overPage(shop: string | undefined): string {
  return page({
    title: 'This cart link is over',
    body: html`<section class="lone">
      <h1>This cart link is over</h1>
      <p>
        It was used, is too old, or is not whole. In the browser in which it was used, the cart is
        still there. Elsewhere, please fill the cart anew.
      </p>
      ${shop !== undefined && html`<p><a class="button" href="${shop}">Go to the shop</a></p>`}
    </section>`,
  })
}
