import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { Simulator } from './index.ts'
import { bulk, call, closeAll, event, start } from './talk.suite.ts'

const servers: Server[] = []

afterEach(async () => {
  await closeAll()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

async function receiver(
  statusOf: (count: number) => number,
): Promise<{ url: string; got: Delivery[] }> {
  const got: Delivery[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, text: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(statusOf(got.length)).end()
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/secret-path`,
    got,
  }
}

const secret = 'a-secret-of-16-chars'

async function subscribe(simulator: Simulator, url: string, topic: string): Promise<string> {
  const { status, body } = await call(simulator, 'POST', '/api/webhooks', {
    data: {
      type: 'webhook',
      attributes: { name: 'orders', endpoint_url: url, secret_key: secret },
      relationships: { 'webhook-topics': { data: [{ type: 'webhook-topic', id: topic }] } },
    },
  })
  expect(status).toBe(201)
  return body.data.id
}

test('a private key has no webhooks without Advanced KDP', async () => {
  const simulator = await start()
  expect(await call(simulator, 'GET', '/api/webhooks')).toMatchObject({
    status: 403,
    body: { errors: [{ detail: 'You must have Advanced KDP enabled to use this endpoint.' }] },
  })
})

test('events go out together, signed over the body and a date that is hours off', async () => {
  const simulator = await start({ limits: false, accounts: [{ advancedKdp: true }] })
  const { url, got } = await receiver(() => 200)
  await call(simulator, 'POST', '/api/events', event({ unique_id: '0' }))
  const id = await subscribe(simulator, url, 'event:api.placed_order')
  await call(
    simulator,
    'POST',
    '/api/event-bulk-create-jobs',
    bulk([{ unique_id: '1' }, { unique_id: '2' }]),
  )
  await vi.waitFor(() => expect(got).toHaveLength(1))
  const { headers, text } = got[0] ?? { headers: {}, text: '{}' }
  const date = String(headers['klaviyo-timestamp'])
  expect(headers['klaviyo-signature']).toBe(
    createHmac('sha256', secret)
      .update(text + date)
      .digest('hex'),
  )
  expect(headers['klaviyo-webhook-id']).toBe(id)
  expect(Math.abs(Date.parse(date) - Date.now())).toBeGreaterThan(4 * 3_600_000)
  const body = JSON.parse(text)
  expect(body.meta).toMatchObject({
    klaviyo_webhook_id: id,
    klaviyo_account_id: simulator.account().id,
  })
  expect(body.data).toMatchObject([
    {
      topic: 'event:api.placed_order',
      payload: { data: { type: 'event', attributes: { event_properties: { $event_id: '1' } } } },
    },
    { payload: { data: { attributes: { event_properties: { $event_id: '2' } } } } },
  ])
  expect(
    (await call(simulator, 'GET', `/api/webhooks/${id}`)).body.data.attributes.endpoint_url,
  ).toBe(`${new URL(url).origin}/*****`)
})

test('an answer that is not good is followed by another try, and two days of that disable the webhook', async () => {
  const simulator = await start({ limits: false, accounts: [{ advancedKdp: true }] })
  const { url, got } = await receiver(() => 500)
  await call(simulator, 'POST', '/api/events', event({ unique_id: '0' }))
  const id = await subscribe(simulator, url, 'event:api.placed_order')
  await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
  await vi.waitFor(() => expect(got).toHaveLength(1))
  simulator.advance(49 * 3_600_000)
  await vi.waitFor(() => expect(got).toHaveLength(2), { timeout: 4000 })
  await vi.waitFor(async () => {
    const { body } = await call(simulator, 'GET', `/api/webhooks/${id}`)
    expect(body.data.attributes.enabled).toBe(false)
  })
})

test('a retry goes by the clock that tests move, and a deleted webhook is told nothing more', async () => {
  const simulator = await start({ limits: false, accounts: [{ advancedKdp: true }] })
  const { url, got } = await receiver(() => 500)
  await call(simulator, 'POST', '/api/events', event({ unique_id: '0' }))
  const id = await subscribe(simulator, url, 'event:api.placed_order')
  await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
  // The seventh retry would be due in a minute of the machine's time.
  for (let tries = 1; tries <= 7; tries += 1) {
    await vi.waitFor(() => expect(got).toHaveLength(tries))
    await vi.waitFor(() => {
      simulator.advance(3_600_000)
      expect(got.length).toBeGreaterThan(tries)
    })
  }
  await call(simulator, 'DELETE', `/api/webhooks/${id}`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = got.length
  simulator.advance(3_600_000)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(got).toHaveLength(before)
})

test('an address without https is refused, loopback aside', async () => {
  const simulator = await start({ accounts: [{ advancedKdp: true }] })
  const { status } = await call(simulator, 'POST', '/api/webhooks', {
    data: {
      type: 'webhook',
      attributes: { name: 'x', endpoint_url: 'http://host.example/', secret_key: secret },
      relationships: {
        'webhook-topics': { data: [{ type: 'webhook-topic', id: 'event:klaviyo.received_email' }] },
      },
    },
  })
  expect(status).toBe(400)
})
