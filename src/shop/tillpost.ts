import { createHmac, randomUUID } from 'node:crypto'

/** What a shop's own server has to do with Tillpost: it holds the write key, tells orders, signs for pages. */
export interface TillpostOfShop {
  readonly url: string
  readonly browserKey: string
  /** Throws when it was not taken. */
  send(event: ShopEvent): Promise<void>
  /** A token by which Tillpost believes what the page says of this customer, for an hour. */
  sign(claims: Readonly<Record<string, string>>): string
  /** A link that puts the cart together again, in any browser. Throws when there is none to be had. */
  cartLink(products: readonly CartLine[]): Promise<string>
  /** What the link's token stands for, once. Undefined: it was used, or is over. */
  cartOf(token: string): Promise<readonly CartLine[] | undefined>
  /** What became of the visitor's events, newest first. Only where both run on one machine. */
  wayOf(visitor: string | undefined, email: string | undefined): Promise<readonly Step[]>
}

interface CartLine {
  readonly product_id: string
  readonly quantity: number
}

interface ShopEvent {
  readonly type: 'track' | 'identify'
  readonly event?: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly traits?: object
  readonly properties?: object
}

/** An event on its way, as the drawer shows it. */
interface Step {
  readonly messageId: string
  readonly name: string
  readonly receivedAt: string
  readonly outcome: string
  readonly sentence?: string
}

interface Row extends Step {
  readonly anonymousId?: string
  readonly person?: string
}

const hourSeconds = 3600

export function tillpostOf(options: {
  readonly url: string
  readonly writeKey: string
  readonly browserKey: string
}): TillpostOfShop {
  const { url, writeKey, browserKey } = options
  return {
    url,
    browserKey,

    async send(event) {
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ writeKey, batch: [{ messageId: randomUUID(), ...event }] }),
      })
      if (!response.ok) throw new Error(`Tillpost answered ${response.status}`)
    },

    sign(claims) {
      const exp = Math.floor(Date.now() / 1000) + hourSeconds
      const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp })}`
      return `${signed}.${createHmac('sha256', writeKey).update(signed).digest('base64url')}`
    },

    async cartLink(products) {
      const response = await fetch(`${url}/v1/cart`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
        },
        body: JSON.stringify({ products }),
      })
      if (!response.ok) throw new Error(`Tillpost answered ${response.status}`)
      return ((await response.json()) as { readonly url: string }).url
    },

    async cartOf(token) {
      const response = await fetch(`${url}/v1/cart/${encodeURIComponent(token)}`, {
        method: 'POST',
      })
      if (response.status === 410) return undefined
      if (!response.ok) throw new Error(`Tillpost answered ${response.status}`)
      return ((await response.json()) as { readonly products: readonly CartLine[] }).products
    },

    async wayOf(visitor, email) {
      const response = await fetch(`${url}/api/events?limit=200`)
      if (!response.ok) throw new Error(`Tillpost answered ${response.status}`)
      const { events } = (await response.json()) as { readonly events: readonly Row[] }
      return events.filter(
        ({ anonymousId, person, name }) =>
          name !== 'klaviyo.identify' &&
          ((visitor !== undefined && anonymousId === visitor) ||
            (email !== undefined && person === `email:${email}`)),
      )
    },
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
