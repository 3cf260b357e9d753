import { isLoopbackName } from '../guard.ts'
import { Problem } from '../problem.ts'

const place = '{token}'

/**
 * Links lead to this address and to no other, so nobody can make one that leads elsewhere. Throws a `Problem` (400)
 * where it is none that a shopper can be sent to: https, at the store's own domain where that is known. (A
 * shop on this machine, to try things out, is taken too.)
 */
export function checkCartUrl({
  cartUrl,
  domain,
}: {
  readonly cartUrl?: string
  readonly domain?: string
}): void {
  if (cartUrl === undefined) return
  const url = URL.parse(cartUrl.replace(place, 'token'))
  const parts = cartUrl.split(place)
  if (url === null || parts.length !== 2 || !/^https?:\/\/[^/?#]+[/?#]/u.test(parts[0] ?? '')) {
    throw wrong(
      `It has to be an address that holds ${place} once, behind the name of the shop: https://shop.example/cart?rebuild=${place}`,
    )
  }
  if (url.username !== '' || url.password !== '') throw wrong('It must not hold a password.')
  if (isLoopbackName(url.hostname)) return
  if (url.protocol !== 'https:') throw wrong('It has to begin with https://')
  const own = domain?.toLowerCase().replace(/^www\./u, '')
  if (own !== undefined && url.hostname !== own && !url.hostname.endsWith(`.${own}`)) {
    throw wrong(`It has to be at the store’s own domain, ${own}, or beneath it.`)
  }
}

export function shopAddress(cartUrl: string, token: string): string {
  return cartUrl.replace(place, token)
}

function wrong(detail: string): Problem {
  return new Problem(400, 'invalid_cart_url', `The cart’s address cannot be used. ${detail}`)
}
