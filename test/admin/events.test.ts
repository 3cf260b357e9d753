import { describe, expect, test } from 'vitest'
import { type BothOptions, startBoth } from '../harness.ts'
import { movableClock } from './clock.ts'
import { type Client, clientOf, ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}/connections/${id}`
  const list = async (query: Record<string, string> = {}, by: Client = owner) =>
    (await by.ask('GET', `${base}/events?${new URLSearchParams(query)}`)).body
  const order = (orderId: string, email: string, more: object = {}) =>
    server.track('Order Completed', {
      messageId: `order-${orderId}`,
      userId: `c-${orderId}`,
      context: { traits: { email } },
      properties: { order_id: orderId, total: 27.5, currency: 'EUR' },
      ...more,
    })
  return { server, klaviyo, owner, workspaceId, connectionId: id, base, list, order }
}

const names = (page: { data: { messageId: string }[] }) =>
  page.data.map(({ messageId }) => messageId)

describe('a connection’s events', () => {
  test('S40 newest first, with what each is worth and what became of it, page by page', async () => {
    const { server, list, order } = await start()
    for (const id of ['1', '2', '3']) await order(id, `a${id}@shop.example`)
    await server.track('Product Viewed', { messageId: 'view', anonymousId: 'browser-1' })
    await server.settle()
    const first = await list({ limit: '3' })
    expect(first.data).toMatchObject([
      {
        messageId: 'view',
        outcome: 'waiting',
        reason: 'anonymous_waiting',
        person: { anonymousId: 'browser-1' },
      },
      {
        messageId: 'order-3',
        name: 'Order Completed',
        metric: 'Placed Order',
        value: 27.5,
        currency: 'EUR',
        outcome: 'accepted',
        says: 'Klaviyo accepted it.',
      },
      { messageId: 'order-2' },
    ])
    const rest = await list({ limit: '3', cursor: first.next })
    expect(names(rest)).toEqual(['order-1'])
    expect(rest).not.toHaveProperty('next')
  })

  test('by outcome, reason, metric, person, order, time and test', async () => {
    const { server, owner, base, list, order } = await start({
      settings: { switches: { 'Viewed Product': false } },
    })
    await order('1', 'ana@shop.example')
    await order('2', 'ben@shop.example')
    await server.track('Product Viewed', {
      messageId: 'view',
      userId: 'c-1',
      properties: { product_id: 'p1', name: 'Shirt' },
    })
    const sent = await owner.ask('POST', `${base}/test-events`, {
      metric: 'Placed Order',
      email: 'tess@shop.example',
    })
    const { messageId } = sent.body
    await server.settle()
    expect(names(await list({ outcome: 'dropped' }))).toEqual(['view'])
    expect(names(await list({ reason: 'event_disabled' }))).toEqual(['view'])
    expect(names(await list({ event: 'placed order' }))).toEqual([messageId, 'order-2', 'order-1'])
    expect(names(await list({ who: ' Ana@Shop.example' }))).toEqual(['view', 'order-1'])
    expect(names(await list({ who: 'c-2' }))).toEqual(['order-2'])
    expect(names(await list({ order: '2' }))).toEqual(['order-2'])
    expect(names(await list({ test: 'true' }))).toEqual([messageId])
    expect(names(await list({ test: 'false' }))).toEqual(['view', 'order-2', 'order-1'])
    expect(names(await list({ to: '2020-01-01T00:00:00Z' }))).toEqual([])
    expect(names(await list({ from: '2020-01-01T00:00:00Z', event: 'Viewed Product' }))).toEqual([
      'view',
    ])
    expect(await list({ reason: 'no_such' })).toMatchObject({ code: 'invalid_query' })
    expect(await list({ lane: 'backfill' })).toMatchObject({ data: [] })
  })

  test('A3 a cursor of another connection is none', async () => {
    const { owner, list, order, workspaceId, base } = await start()
    await order('1', 'ana@shop.example')
    await order('2', 'ben@shop.example')
    const { next } = await list({ limit: '1' })
    const answer = await owner.ask('GET', `${base}/timeline?who=c-1&cursor=${next}`)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
    expect(workspaceId).toBeTruthy()
  })
})

const person = {
  email: 'canary.jane@nightingale.example',
  phone: '+4915198765432',
  first_name: 'Zephyrine',
  last_name: 'Quackenbush',
  address: { street: 'Kanarienweg 77', city: 'Vogelsang', postalCode: '98765' },
}
const canaries = [
  'canary.jane',
  'nightingale',
  '98765432',
  'Zephyrine',
  'Quackenbush',
  'Kanarienweg',
  'Vogelsang',
  '"98765"',
  '203.0.113.77',
]

/** One who was told of in every way: accepted, refused, switched off, with an address in what Klaviyo says. */
async function withCanaries() {
  const started = await start({
    clock: movableClock(),
    settings: { switches: { 'Viewed Product': false } },
  })
  const { server, klaviyo, base } = started
  const context = {
    ip: '203.0.113.77',
    traits: person,
    page: { url: `https://a.example/?m=${encodeURIComponent(person.email)}` },
  }
  await server.identify({
    messageId: 'login',
    userId: 'c-1',
    anonymousId: 'b-1',
    traits: person as never,
    context: context as never,
  })
  await server.settle()
  klaviyo.answer('/api/events', 400, {
    times: 1,
    body: {
      errors: [
        {
          code: 'invalid',
          detail: `The address ${person.email} is none.`,
          source: { pointer: '/data/attributes/properties' },
        },
      ],
    },
  })
  await server.track('Order Completed', {
    messageId: 'm-1',
    userId: 'c-1',
    context: context as never,
    properties: {
      order_id: 'o-1',
      email: person.email,
      shipping: { name: 'Zephyrine Quackenbush' },
    },
  })
  await server.track('Product Viewed', {
    messageId: 'm-2',
    userId: 'c-1',
    anonymousId: 'b-1',
    context: context as never,
  })
  await server.settle()
  const reads = [
    `${base}/events`,
    `${base}/events?who=${encodeURIComponent(person.email)}`,
    `${base}/events/m-1`,
    `${base}/events/m-1/bodies`,
    `${base}/events/login`,
    `${base}/events/login/bodies`,
    `${base}/events/m-2/bodies`,
    `${base}/timeline?event=m-1`,
    `${base}/timeline?who=${encodeURIComponent(person.email)}`,
    `${base}/diagnosis?who=${encodeURIComponent(person.email)}`,
    `/workspaces/${started.workspaceId}/syncs`,
    `/workspaces/${started.workspaceId}/syncs.csv`,
  ]
  return { ...started, reads }
}

function told(text: string): readonly string[] {
  return canaries.filter((canary) => text.includes(canary))
}

describe('people', () => {
  test('A12 no role sees an address, a number, a name or a place that it did not ask to see', async () => {
    const { server, owner, workspaceId, reads } = await withCanaries()
    const roles = ['admin', 'developer', 'marketer', 'viewer'] as const
    const clients = await Promise.all(
      roles.map((role) => join(server.parts, owner, workspaceId, role)),
    )
    for (const client of [owner, ...clients])
      for (const path of reads) {
        const { status, body } = await client.ask('GET', path)
        expect([path, status]).toEqual([path, 200])
        expect([path, told(JSON.stringify(body))]).toEqual([path, []])
      }
    const asked = await clients[3]!.ask('GET', `${reads[2]}?reveal=true`)
    expect([asked.status, told(JSON.stringify(asked.body))]).toEqual([400, []])
    const { body } = await clients[3]!.ask('GET', reads[2]!)
    expect(body).toMatchObject({
      masked: true,
      person: { email: 'c•••@n•••.example', phone: '+49•••••32', id: 'c-1' },
    })
  })

  test('A12 A90 details are shown to whoever may see them and says why, for ten minutes; each look is in the trail', async () => {
    const clock = movableClock()
    const { server, owner, base, workspaceId, order } = await start({ clock })
    await order('1', person.email)
    await server.settle()
    const reveal = `/workspaces/${workspaceId}/reveal`
    expect((await owner.ask('POST', reveal, { reason: ' ' })).status).toBe(400)
    expect((await owner.ask('GET', reveal)).body).toEqual({ may: true })
    const reason = `She wrote from ${person.email}: where is her order?`
    const given = await owner.ask('POST', reveal, { reason, event: 'order-1' })
    expect(given.status).toBe(201)
    expect(Date.parse(given.body.until) - clock.now()).toBeGreaterThan(9 * 60_000)

    const life = await owner.ask('GET', `${base}/events/order-1`)
    expect(life.body).toMatchObject({ masked: false, person: { email: person.email } })
    const bodies = await owner.ask('GET', `${base}/events/order-1/bodies`)
    expect(bodies.body.received).toContain(person.email)
    const trail = await owner.ask('GET', `/workspaces/${workspaceId}/audit`)
    const acts = trail.body.data.map(({ action, target }: { action: string; target?: string }) => [
      action,
      target,
    ])
    // However often the page asks, it is one look.
    expect(acts.slice(0, 2)).toEqual([
      ['people.look', 'order-1'],
      ['people.reveal', 'order-1'],
    ])
    expect(trail.body.data[1].after.reason).toBe(
      'She wrote from c•••@n•••.example: where is her order?',
    )

    // Another session of the same member, and everybody else, sees masks.
    const viewer = await join(server.parts, owner, workspaceId, 'viewer')
    expect((await viewer.ask('GET', `${base}/events/order-1`)).body.masked).toBe(true)
    expect(await viewer.ask('POST', reveal, { reason })).toMatchObject({ status: 403 })
    expect((await viewer.ask('GET', reveal)).body).toEqual({ may: false })

    clock.forward(10 * 60_000 + 1)
    expect((await owner.ask('GET', `${base}/events/order-1`)).body.masked).toBe(true)
    await owner.ask('POST', reveal, { reason: 'once more' })
    expect((await owner.ask('GET', `${base}/events`)).body.masked).toBe(false)
    await owner.ask('DELETE', reveal)
    expect((await owner.ask('GET', `${base}/events`)).body.masked).toBe(true)
  })

  test('A18 who is no admin any more sees masks from the next request on', async () => {
    const { server, owner, base, workspaceId, order } = await start()
    await order('1', person.email)
    const admin = await join(server.parts, owner, workspaceId, 'admin')
    await admin.ask('POST', `/workspaces/${workspaceId}/reveal`, { reason: 'support' })
    expect((await admin.ask('GET', `${base}/events`)).body.masked).toBe(false)
    await owner.ask('PATCH', `/workspaces/${workspaceId}/members/${admin.id}`, { role: 'viewer' })
    expect((await admin.ask('GET', `${base}/events`)).body.masked).toBe(true)
  })

  test('A12 a token sees masks too, unless it may reveal and said why', async () => {
    const { server, owner, base, workspaceId, order } = await start()
    await order('1', person.email)
    const tokenOf = async (scopes: readonly string[]) => {
      const made = await owner.ask('POST', `/workspaces/${workspaceId}/tokens`, {
        name: 'Program',
        scopes,
        expiresInDays: 1,
      })
      return clientOf(server.url, { token: made.body.token })
    }
    const [reader, revealer] = [await tokenOf(['read']), await tokenOf(['read', 'reveal'])]
    expect(
      (await reader.ask('POST', `/workspaces/${workspaceId}/reveal`, { reason: 'export' })).status,
    ).toBe(403)
    expect((await revealer.ask('GET', `${base}/events`)).body.masked).toBe(true)
    await revealer.ask('POST', `/workspaces/${workspaceId}/reveal`, { reason: 'export' })
    expect((await revealer.ask('GET', `${base}/events`)).body.masked).toBe(false)
    expect((await reader.ask('GET', `${base}/events`)).body.masked).toBe(true)
  })
})

describe('a shopper’s timeline', () => {
  test('W7 is over everything that ties the shopper together, and over nothing else', async () => {
    const { server, owner, base } = await start()
    const view = (messageId: string, who: object) =>
      server.track('Product Viewed', {
        messageId,
        properties: { product_id: 'p1', name: 'Shirt' },
        ...who,
      })
    await view('guest-1', { anonymousId: 'browser-1' })
    await view('guest-2', { anonymousId: 'browser-2' })
    await server.identify({
      messageId: 'login',
      anonymousId: 'browser-1',
      userId: 'c-1',
      traits: { email: 'ana@shop.example' },
    })
    await view('later', { anonymousId: 'browser-1' })
    await view('by-id', { userId: 'c-1' })
    await view('stranger', { userId: 'c-2' })
    // Somebody else at the same browser.
    await server.identify({
      messageId: 'other',
      anonymousId: 'browser-1',
      userId: 'c-9',
      traits: { email: 'ben@shop.example' },
    })
    await server.settle()
    const timeline = async (query: string) =>
      (await owner.ask('GET', `${base}/timeline?${query}`)).body
    const hers = ['by-id', 'later', 'login', 'guest-1']
    expect(names(await timeline('who=ana@shop.example'))).toEqual(hers)
    expect(names(await timeline('event=by-id'))).toEqual(hers)
    expect(names(await timeline('event=guest-1'))).toEqual(hers)
    expect(names(await timeline('event=stranger'))).toEqual(['stranger'])
    expect(names(await timeline('who=browser-2'))).toEqual(['guest-2'])
    expect((await timeline('who=ana@shop.example')).people).toEqual([
      { email: 'a•••@s•••.example' },
      { id: 'c-1' },
      { anonymousId: 'browser-1' },
    ])
    const page = await timeline('who=c-1&limit=2')
    expect(names(page)).toEqual(hers.slice(0, 2))
    expect(names(await timeline(`who=c-1&limit=50&cursor=${page.next}`))).toEqual(hers.slice(2))
    expect((await owner.ask('GET', `${base}/timeline?event=nothing`)).status).toBe(404)
    expect((await owner.ask('GET', `${base}/timeline?event=login&who=c-1`)).status).toBe(400)
  })
})

describe('an event’s life', () => {
  test('F21 L10 why it was not sent, what was tried, and again', async () => {
    const { server, klaviyo, owner, base, order } = await start({
      settings: { switches: { 'Placed Order': false, 'Ordered Product': false } },
    })
    await order('1', 'ana@shop.example')
    await server.settle()
    const life = async () => (await owner.ask('GET', `${base}/events/order-1`)).body
    expect(await life()).toMatchObject({
      seq: 1,
      lane: 'live',
      outcome: 'dropped',
      reason: 'event_disabled',
      exchanges: [],
      kept: { bodyUntil: expect.any(String) },
    })
    await server.changeSettings({ switches: {} })
    const again = () => owner.ask('POST', `${base}/events/order-1/replay`)
    expect((await again()).body).toEqual({ replayed: true })
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    expect(await life()).toMatchObject({
      outcome: 'accepted',
      exchanges: [{ status: 202, with: 0, notes: [] }],
      kept: { exchangesUntil: expect.any(String) },
    })
    expect(await again()).toMatchObject({ status: 409, body: { code: 'not_ended' } })
    const bodies = (await owner.ask('GET', `${base}/events/order-1/bodies`)).body
    expect(JSON.parse(bodies.received)).toMatchObject({ properties: { order_id: '1' } })
    expect(bodies.exchanges[0].request).toContain('Placed Order')
    expect(JSON.parse(bodies.composed)).toMatchObject([{ type: 'event', metric: 'Placed Order' }])
  })

  test('A1 another workspace’s events are not there', async () => {
    const { owner, connectionId, order } = await start()
    await order('1', 'ana@shop.example')
    const other = await newWorkspace(owner, 'Other')
    const base = `/workspaces/${other}/connections/${connectionId}`
    for (const path of ['events', 'events/order-1', 'events/order-1/bodies', 'timeline', 'live'])
      expect((await owner.ask('GET', `${base}/${path}`)).status).toBe(404)
    expect((await owner.ask('POST', `${base}/events/order-1/replay`)).status).toBe(404)
  })
})
