// node scripts/shopping-day.mjs > examples/shopping-day.jsonl
//
// Makes the recorded day of a small outdoor shop that `npm start` plays: what its web shop, its app, a tag
// manager and its server report, each in its own vocabulary. The same output on every run.
//
// Who comes: shoppers who log in on the way (what they did as guests must arrive before the login),
// shoppers whose every event repeats who they are, shoppers reported in pixel style, shoppers in the
// storefront's own names, app users, guests who never say who they are, and a few broken events.

const dayStart = Date.parse('2026-03-14T06:30:00.000Z')
const minuteMs = 60_000
const random = randomOf(20_260_314)
const events = []
let made = 0

const products = [
  ['boot-ridge', 'Ridge Hiking Boot', 'Shoes', 149, ['40', '41', '42', '43']],
  ['boot-fell', 'Fell Trail Runner', 'Shoes', 119, ['38', '39', '40', '44']],
  ['jacket-squall', 'Squall Rain Jacket', 'Jackets', 189, ['S', 'M', 'L']],
  ['jacket-ember', 'Ember Down Jacket', 'Jackets', 229, ['S', 'M', 'L']],
  ['fleece-moss', 'Moss Fleece', 'Midlayers', 79.9, ['S', 'M', 'L']],
  ['shirt-merino', 'Merino Shirt', 'Baselayers', 64.5, ['S', 'M', 'L']],
  ['sock-crew', 'Crew Sock', 'Socks', 14.95, ['36-39', '40-43']],
  ['hat-drift', 'Drift Beanie', 'Hats', 24, ['one size']],
  ['pack-18', 'Day Pack 18 l', 'Packs', 89, ['one size']],
  ['pack-45', 'Trek Pack 45 l', 'Packs', 199, ['one size']],
  ['bottle-1', 'Steel Bottle 1 l', 'Gear', 29.9, ['one size']],
  ['stove-duo', 'Duo Stove', 'Gear', 74, ['one size']],
].map(([id, name, category, price, sizes]) => ({ id, name, category, price, sizes }))

const firstNames =
  'Ana Ben Chloé Dmitri Elif Farid Grace Hiro Inês Jack Kavya Liam Mei Noah Olu Priya Quinn Rosa Sven Tara Ugo Vera Wim Xenia Yara Zoe'.split(
    ' ',
  )
const lastNames =
  'Andersson Brown Costa Dubois Eriksen Fischer García Hansen Ito Jones Kowalski Lopez Müller Novák O’Brien Patel'.split(
    ' ',
  )
const places = [
  ['Berlin', 'DE', '+4930901'],
  ['Hamburg', 'DE', '+4940428'],
  ['Lyon', 'FR', '+3347282'],
  ['Porto', 'PT', '+3512200'],
  ['Leeds', 'GB', '+4411324'],
  ['Aarhus', 'DK', '+458715'],
]
const campaigns = [
  { source: 'newsletter', medium: 'email', name: 'spring-layers' },
  { source: 'instagram', medium: 'social', name: 'ridge-boot' },
  { source: 'google', medium: 'cpc', name: 'rain-jackets', term: 'light rain jacket' },
]

for (let n = 1; n <= 20; n += 1) guestWhoLogsIn(personOf(n), startOf(n))
for (let n = 21; n <= 34; n += 1) knownShopper(personOf(n), startOf(n))
for (let n = 35; n <= 46; n += 1) pixelShopper(personOf(n), startOf(n))
for (let n = 47; n <= 58; n += 1) storefrontShopper(personOf(n), startOf(n))
for (let n = 59; n <= 64; n += 1) appShopper(personOf(n), startOf(n))
for (let n = 65; n <= 76; n += 1) guestWhoStaysUnknown(startOf(n))
brokenEvents()

events.sort((a, b) => a.at - b.at || a.made - b.made)
process.stdout.write(`${events.map(({ event }) => JSON.stringify(event)).join('\n')}\n`)

/** Segment's vocabulary. Only the identify says who it is; the events before it wait for it. */
function guestWhoLogsIn(person, start) {
  const visit = visitOf(person, start)
  const campaign = chance(0.6) ? pick(campaigns) : undefined
  const context = { ...browserContext(), ...(campaign === undefined ? {} : { campaign }) }
  const send = (type, rest) =>
    visit.add({ type, anonymousId: person.anonymousId, ...rest, context })
  send('page', { name: 'Home', properties: { path: '/', referrer: 'https://www.google.com/' } })
  const seen = some(products, 2 + whole(4))
  for (const product of seen) {
    send('track', { event: 'Product Viewed', properties: productOf(product) })
  }
  const cart = some(seen, 1 + whole(3)).map((product) => lineOf(product))
  for (const line of cart) {
    const value = line.price * line.quantity
    send('track', { event: 'Product Added', properties: { ...line, value, currency: 'EUR' } })
  }
  send('identify', { userId: person.userId, traits: traitsOf(person) })
  const known = { userId: person.userId }
  if (chance(0.85)) {
    const properties = { value: sumOf(cart), currency: 'EUR', products: cart }
    send('track', { ...known, event: 'Checkout Started', properties })
  }
  if (chance(0.7)) {
    send('track', { ...known, event: 'Order Completed', properties: orderOf(person, cart) })
  }
}

/** RudderStack's way: every event repeats the traits, so each can be sent by itself. */
function knownShopper(person, start) {
  const visit = visitOf(person, start)
  const { email, firstName, lastName, phone } = traitsOf(person)
  const context = { ...browserContext(), traits: { email, firstName, lastName, phone } }
  const send = (type, rest) =>
    visit.add({ type, userId: person.userId, anonymousId: person.anonymousId, ...rest, context })
  if (chance(0.4)) {
    const properties = { subscribe: true, consent: ['email'] }
    visit.add({
      type: 'identify',
      userId: person.userId,
      anonymousId: person.anonymousId,
      traits: { ...traitsOf(person), properties },
      context,
    })
  }
  const seen = some(products, 2 + whole(3))
  for (const product of seen) {
    const event = chance(0.3) ? 'Product Clicked' : 'Product Viewed'
    send('track', { event, properties: productOf(product) })
  }
  const cart = some(seen, 1 + whole(3)).map((product) => lineOf(product))
  for (const line of cart) {
    send('track', {
      event: 'Product Added',
      properties: {
        ...line,
        value: line.price * line.quantity,
        currency: 'EUR',
        item_names: namesOf(cart),
      },
    })
  }
  send('track', {
    event: 'Checkout Started',
    properties: { value: sumOf(cart), currency: 'EUR', products: cart, item_names: namesOf(cart) },
  })
  if (chance(0.6)) {
    send('track', { event: 'Order Completed', properties: orderOf(person, cart) })
    if (chance(0.4)) {
      send('track', {
        event: 'Review Submitted',
        properties: { product_id: cart[0].product_id, rating: 5 },
      })
    }
  }
}

/** What a tag manager's pixel reports. */
function pixelShopper(person, start) {
  const visit = visitOf(person, start)
  const { email, firstName, lastName } = traitsOf(person)
  const context = {
    ...browserContext(),
    campaign: pick(campaigns),
    traits: { email, first_name: firstName, last_name: lastName },
  }
  const session = {
    _fbp: `fb.1.${dayStart}.${100_000 + person.number}`,
    session_count: 1 + whole(5),
    is_new_visitor: chance(0.5),
    landing_page: 'https://fernweh.example/spring',
    referrer: 'https://www.instagram.com/',
  }
  const send = (event, properties) =>
    visit.add({
      type: 'track',
      event,
      anonymousId: person.anonymousId,
      properties: { ...properties, ...session },
      context,
    })
  const seen = some(products, 2 + whole(3))
  for (const product of seen) {
    send('ViewContent', {
      ...contentOf([{ product, quantity: 1 }]),
      content_category: product.category,
    })
  }
  const cart = some(seen, 1 + whole(3)).map((product) => ({ product, quantity: 1 + whole(2) }))
  for (const line of cart) send('AddToCart', contentOf([line]))
  if (chance(0.8)) send(chance(0.5) ? 'InitiateCheckout' : 'BeginCheckout', contentOf(cart))
  if (chance(0.6)) {
    send('Purchase', { ...contentOf(cart), order_id: `FW-${5000 + person.number}` })
  }
}

/** The names that Klaviyo itself uses, from the storefront's server. */
function storefrontShopper(person, start) {
  const visit = visitOf(person, start)
  const context = { traits: traitsOf(person), locale: 'de-DE' }
  const send = (event, properties) =>
    visit.add({ type: 'track', event, userId: person.userId, properties, context })
  send('Logged In', { method: 'password' })
  send('Active on Site', { path: '/' })
  if (chance(0.6))
    send('Searched Site', { query: pick(['boots', 'rain jacket', 'merino', 'pack']) })
  const seen = some(products, 1 + whole(4))
  for (const product of seen) send('Viewed Product', productOf(product))
  const cart = some(seen, 1 + whole(3)).map((product) => lineOf(product))
  for (const line of cart) {
    send('Added to Cart', { ...line, value: line.price * line.quantity, currency: 'EUR' })
  }
  send('Started Checkout', { value: sumOf(cart), currency: 'EUR', products: cart })
  if (chance(0.7)) send('Placed Order', orderOf(person, cart))
}

/** Screens instead of pages, and a group call that subscribes to a list. */
function appShopper(person, start) {
  const visit = visitOf(person, start)
  const context = {
    app: { name: 'Fernweh', version: '4.2.0' },
    os: { name: 'iOS', version: '19.3' },
    traits: { email: traitsOf(person).email },
  }
  const send = (type, rest) => visit.add({ type, userId: person.userId, ...rest, context })
  send('identify', { traits: traitsOf(person) })
  send('screen', { name: 'Home', properties: { variant: 'spring' } })
  for (const product of some(products, 2)) {
    send('screen', { name: 'Product', properties: { product_id: product.id } })
    send('track', { event: 'Product Viewed', properties: productOf(product) })
  }
  send('group', { groupId: 'SPRING', traits: { subscribe: true, properties: { subscribe: true } } })
}

function guestWhoStaysUnknown(start) {
  const anonymousId = idOf('anon')
  const visit = visitOf({ anonymousId }, start)
  const context = browserContext()
  for (const product of some(products, 1 + whole(4))) {
    const properties = productOf(product)
    visit.add({ type: 'track', event: 'Product Viewed', anonymousId, properties, context })
  }
}

/** Every day brings some: each ends with a reason, and none costs its neighbours anything. */
function brokenEvents() {
  const visit = visitOf({}, dayStart + 400 * minuteMs)
  const [boot, , jacket] = products
  visit.add({ type: 'identify', traits: { email: 'jane@', firstName: 'Jane' } })
  visit.add({ type: 'identify', traits: { email: 'no spaces@example.com' } })
  visit.add({ type: 'track', event: 'Product Viewed', properties: productOf(boot) })
  visit.add({ type: 'track', userId: 'u-broken-1', properties: productOf(jacket) })
  visit.add({
    type: 'track',
    event: 'Wishlist Imported',
    userId: 'u-broken-2',
    properties: nested(40),
  })
  const email = 'amount@shopper.example'
  visit.add({
    type: 'track',
    event: 'Order Completed',
    userId: 'u-broken-3',
    context: { traits: { email } },
    properties: {
      order_id: 'FW-9001',
      value: 'twelve euro',
      currency: 'EUR',
      products: [lineOf(boot)],
    },
  })
  visit.add({
    type: 'track',
    event: 'Newsletter Opened',
    userId: 'u-broken-4',
    context: { traits: { email: 'clock@shopper.example' } },
    timestamp: '1970-01-01T00:00:00.000Z',
  })
  visit.add({
    type: 'identify',
    userId: 'u-broken-5',
    traits: { email: 'phone@shopper.example', phone: '12' },
  })
  // A list that was deleted in Klaviyo: what Klaviyo says of it is shown, and it can be replayed.
  visit.add({
    type: 'group',
    groupId: 'GONE99',
    userId: 'u-broken-6',
    traits: { subscribe: true },
    context: { traits: { email: 'list@shopper.example' } },
  })
  // The same message twice, as a client sends it that did not see the answer.
  visit.repeat()
}

function visitOf(person, start) {
  let at = start
  let last
  return {
    add(event) {
      at += Math.round((0.2 + random() * 2.5) * minuteMs)
      made += 1
      last = { messageId: idOf('msg'), timestamp: new Date(at).toISOString(), ...event }
      events.push({ at, made, event: last, person })
    },
    repeat() {
      at += minuteMs
      made += 1
      events.push({ at, made, event: last, person })
    },
  }
}

function personOf(number) {
  return { number, userId: `u-${1000 + number}`, anonymousId: idOf('anon') }
}

function traitsOf({ number }) {
  const firstName = firstNames[number % firstNames.length]
  const lastName = lastNames[(number * 7) % lastNames.length]
  const [city, country, prefix] = places[number % places.length]
  return {
    email: `${plain(firstName)}.${plain(lastName)}${number}@shopper.example`,
    firstName,
    lastName,
    ...(number % 3 === 0 ? { phone: `${prefix}${String(1000 + number)}` } : {}),
    address: { city, country },
    loyaltyTier: ['none', 'bronze', 'silver'][number % 3],
  }
}

function plain(text) {
  return text
    .normalize('NFD')
    .replaceAll(/[^a-z]/giu, '')
    .toLowerCase()
}

function browserContext() {
  return {
    library: { name: 'analytics.js', version: '2.11.1' },
    locale: pick(['de-DE', 'fr-FR', 'en-GB']),
    page: { url: 'https://fernweh.example/', path: '/', title: 'Fernweh' },
    // Fernweh asks first; who declined is not in the recording.
    consent: { categoryPreferences: { Analytics: true, Advertising: true } },
  }
}

function productOf(product) {
  return {
    product_id: product.id,
    sku: `${product.id}-${product.sizes[0]}`.toUpperCase().replaceAll(' ', '-'),
    name: product.name,
    brand: 'Fernweh',
    categories: [product.category],
    price: product.price,
    currency: 'EUR',
    url: `https://fernweh.example/products/${product.id}`,
    image_url: `https://fernweh.example/images/${product.id}.jpg`,
  }
}

/** How pixels list products. */
function contentOf(lines) {
  return {
    content_type: 'product',
    content_ids: lines.map(({ product }) => product.id),
    content_name: lines.map(({ product }) => product.name).join(', '),
    contents: lines.map(({ product, quantity }) => ({
      id: product.id,
      name: product.name,
      quantity,
      item_price: product.price,
    })),
    value: money(lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)),
    currency: 'EUR',
  }
}

function lineOf(product) {
  const quantity = chance(0.8) ? 1 : 2
  const { currency: _, ...line } = productOf(product)
  return { ...line, quantity, total: money(product.price * quantity) }
}

function orderOf(person, cart) {
  const subtotal = sumOf(cart)
  const shipping = subtotal > 100 ? 0 : 4.9
  return {
    order_id: `FW-${5000 + person.number}`,
    value: money(subtotal + shipping),
    revenue: subtotal,
    shipping,
    currency: 'EUR',
    ...(chance(0.25) ? { coupon: 'SPRING10' } : {}),
    item_names: namesOf(cart),
    categories: [...new Set(cart.flatMap(({ categories }) => categories))],
    products: cart,
  }
}

function startOf(number) {
  return dayStart + Math.round((number * 11) % 82) * 10 * minuteMs + whole(9) * minuteMs
}

function namesOf(cart) {
  return cart.map(({ name }) => name)
}

function sumOf(cart) {
  return money(cart.reduce((sum, { total }) => sum + total, 0))
}

function nested(levels) {
  return levels === 0 ? {} : { in: nested(levels - 1) }
}

function money(amount) {
  return Math.round(amount * 100) / 100
}

function idOf(prefix) {
  const text = Array.from({ length: 4 }, () => whole(0x1_0000).toString(16).padStart(4, '0')).join(
    '',
  )
  return `${prefix}-${text}`
}

function some(list, count) {
  return [...list]
    .map((value) => ({ value, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ value }) => value)
}

function pick(list) {
  return list[whole(list.length)]
}

function whole(below) {
  return Math.floor(random() * below)
}

function chance(share) {
  return random() < share
}

/** mulberry32: small, and the same everywhere. */
function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
}
