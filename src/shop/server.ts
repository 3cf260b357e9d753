import { createHash, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  accountPage,
  cartPage,
  checkoutPage,
  dataOf,
  documentOf,
  homePage,
  type PageParts,
  productPage,
  searchPage,
  storePage,
  thanksPage,
} from './pages.ts'
import { pictureOf } from './picture.ts'
import { productOf } from './products.ts'
import { tillpostOf, type TillpostOfShop } from './tillpost.ts'

export interface ShopOptions {
  readonly port: number
  /** Where Tillpost answers. */
  readonly tillpostUrl: string
  /** The server's, which signs; and the one of the pages. */
  readonly writeKey: string
  readonly browserKey: string
}

/** The demo shop, listening on this machine. */
export interface Shop {
  readonly url: string
  close(): Promise<void>
}

export async function startShop(options: ShopOptions): Promise<Shop> {
  const { port, tillpostUrl, writeKey, browserKey } = options
  const tillpost = tillpostOf({ url: tillpostUrl, writeKey, browserKey })
  const server = createServer((request, response) => {
    answer(request, response, tillpost).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy()
      const said =
        error instanceof Mistake ? error : new Mistake(502, `This did not work: ${String(error)}`)
      json(response, said.status, { message: said.message })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The caller's, not ours. */
class Mistake extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tillpost: TillpostOfShop,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
  if (request.method === 'POST') {
    const handle = handlers.get(pathname)
    if (handle === undefined) throw new Mistake(404, 'There is nothing at this address.')
    return json(response, 200, await handle(await bodyOf(request), request, tillpost))
  }
  if (pathname === '/api/way') {
    const { tp_id: visitor, customer } = cookiesOf(request)
    return json(response, 200, { steps: await tillpost.wayOf(visitor, customer) })
  }
  const [, folder, name = ''] = pathname.split('/')
  if (folder === 'picture') {
    const product = productOf(name.replace('.svg', ''))
    if (product === undefined) throw new Mistake(404, 'There is no such picture.')
    return end(response, 200, 'image/svg+xml', pictureOf(product, searchParams.has('worn')))
  }
  if (pathname === '/shop.css') return end(response, 200, 'text/css', style)
  if (pathname === '/shop.js')
    return end(response, 200, 'text/javascript', readFileSync(script, 'utf8'))
  const page = pageAt(folder ?? '', name, searchParams)
  const { url, browserKey } = tillpost
  end(
    response,
    page === undefined ? 404 : 200,
    'text/html',
    documentOf(page ?? searchPage(name), { tillpost: url, browserKey }),
  )
}

function pageAt(folder: string, name: string, query: URLSearchParams): PageParts | undefined {
  const product = folder === 'product' ? productOf(name) : undefined
  if (product !== undefined) return productPage(product)
  if (folder === 'search') return searchPage(query.get('q') ?? '')
  if (folder === 'thanks') return thanksPage(query.get('order') ?? '')
  return new Map([
    ['', homePage],
    ['cart', cartPage],
    ['checkout', checkoutPage],
    ['account', accountPage],
    ['store', storePage],
  ]).get(folder)?.()
}

type Body = Readonly<Record<string, unknown>>
type Handler = (body: Body, request: IncomingMessage, tillpost: TillpostOfShop) => Promise<object>

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['/api/customer', signIn],
  ['/api/order', placeOrder],
  ['/api/newsletter', subscribe],
  ['/api/cart-link', linkCart],
  ['/api/rebuild', rebuildCart],
])

/** Who logs in or signs up: the page gets a token that says so. */
async function signIn(
  body: Body,
  _request: IncomingMessage,
  tillpost: TillpostOfShop,
): Promise<object> {
  const email = emailIn(body)
  const userId = customerOf(email)
  const phone = text(body['phone'])
  const claims = { sub: userId, email, ...(phone !== '' && { phone_number: phone }) }
  return { userId, email, token: tillpost.sign(claims) }
}

/** What was bought is told by the shop's server, at its own prices. */
async function placeOrder(
  body: Body,
  request: IncomingMessage,
  tillpost: TillpostOfShop,
): Promise<object> {
  const email = emailIn(body)
  const lines = linesIn(body).map((line) => ({
    ...line,
    url: `${originOf(request)}/product/${line.product_id}`,
    image_url: `${originOf(request)}/picture/${line.product_id}.svg`,
  }))
  const order = `F-${randomInt(100_000, 999_999)}`
  const total =
    Math.round(lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0) * 100) / 100
  const { tp_id: anonymousId } = cookiesOf(request)
  await tillpost.send({
    type: 'track',
    event: 'Order Completed',
    userId: customerOf(email),
    ...(anonymousId !== undefined && { anonymousId }),
    properties: {
      order_id: order,
      total,
      currency: 'EUR',
      email,
      first_name: body['firstName'],
      last_name: body['lastName'],
      products: lines,
    },
  })
  return { order }
}

/** What mails about this cart link to. */
async function linkCart(
  body: Body,
  _request: IncomingMessage,
  tillpost: TillpostOfShop,
): Promise<object> {
  const lines = linesIn(body).map(({ product_id, quantity }) => ({ product_id, quantity }))
  return { link: await tillpost.cartLink(lines) }
}

/** In whatever browser the link was opened. */
async function rebuildCart(
  body: Body,
  _request: IncomingMessage,
  tillpost: TillpostOfShop,
): Promise<object> {
  const lines = await tillpost.cartOf(text(body['token']))
  if (lines === undefined) throw new Mistake(410, 'This link was used before, or is too old.')
  return {
    cart: Object.fromEntries(lines.map(({ product_id, quantity }) => [product_id, quantity])),
  }
}

/** What of the cart there really is. */
function linesIn(body: Body) {
  const cart = Object.entries((body['cart'] ?? {}) as Record<string, unknown>)
  const lines = cart.flatMap(([id, count]) => {
    const product = productOf(id)
    const quantity = Number(count)
    const isWhole = Number.isInteger(quantity) && quantity >= 1 && quantity <= 99
    return product === undefined || !isWhole ? [] : [{ ...dataOf(product), quantity }]
  })
  if (lines.length === 0) throw new Mistake(422, 'The cart is empty.')
  return lines
}

/** Consent is given in a form of the shop's, and told by its server: each channel by itself. */
async function subscribe(
  body: Body,
  request: IncomingMessage,
  tillpost: TillpostOfShop,
): Promise<object> {
  const consent = [
    ...(body['emailConsent'] === 'on' ? ['email'] : []),
    ...(body['smsConsent'] === 'on' ? ['sms'] : []),
  ]
  if (consent.length === 0) throw new Mistake(422, 'Tick what we may send you.')
  const email = consent.includes('email') ? emailIn(body) : undefined
  const phone = text(body['phone'])
  if (consent.includes('sms') && phone === '')
    throw new Mistake(422, 'We need a mobile number for SMS.')
  const { tp_id: anonymousId } = cookiesOf(request)
  await tillpost.send({
    type: 'identify',
    ...(anonymousId !== undefined && { anonymousId }),
    traits: {
      ...(email !== undefined && { email }),
      ...(consent.includes('sms') && { phone }),
      properties: { subscribe: true, consent, smsConsent: consent.includes('sms') },
    },
  })
  return { message: 'Thank you. Please look into your inbox if you have to confirm it.' }
}

function emailIn(body: Body): string {
  const email = text(body['email']).toLowerCase()
  if (!/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/u.test(email))
    throw new Mistake(422, 'Please check the email address.')
  return email
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function customerOf(email: string): string {
  return `c-${createHash('sha256').update(email).digest('hex').slice(0, 10)}`
}

function originOf({ headers }: IncomingMessage): string {
  return `http://${headers.host ?? 'localhost'}`
}

function cookiesOf({ headers }: IncomingMessage): Partial<Record<'tp_id' | 'customer', string>> {
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2))
  return Object.fromEntries(pairs.map(([name, value = '']) => [name, decodeURIComponent(value)]))
}

const maxBytes = 100_000

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new Mistake(413, 'That is too much.')
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    if (typeof body === 'object' && body !== null) return body as Body
  } catch {
    // Said below.
  }
  throw new Mistake(400, 'Send a JSON object.')
}

function json(response: ServerResponse, status: number, body: object): void {
  end(response, status, 'application/json', JSON.stringify(body))
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
  })
  response.end(body)
}

const isSource = import.meta.url.endsWith('.ts')
// Not compiled: in the built package it still lies in `src`.
const style = readFileSync(
  new URL(isSource ? './shop.css' : '../../src/shop/shop.css', import.meta.url),
  'utf8',
)
// Made by `scripts/build-browser.mjs`.
const script = new URL(
  isSource ? '../../dist/browser/shop.js' : '../browser/shop.js',
  import.meta.url,
)
