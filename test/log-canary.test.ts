import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../src/simulator/index.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** None of these may appear in anything that a server writes. */
const canaries = {
  key: 'pk_canarykey00000000000000000000',
  email: 'canary.person@canary-mail.example',
  phone: '+4915112349876',
  body: 'canaryproperty',
  token: 'canarytoken',
  address: 'canarystreet',
  person: 'canaryuserid',
}

test('A87 A50 whatever goes wrong, nothing of a shopper, a body or a key is written, also at level debug', async () => {
  const klaviyo = await startSimulator({
    limits: false,
    accounts: [{ id: 'CAN001', name: 'Acme', privateKey: canaries.key }],
  })
  onTestFinished(() => klaviyo.close())
  const env = {
    TILLPOST_DATA: await temporaryFolder(),
    TILLPOST_PORT: '0',
    TILLPOST_LOG: 'debug',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: canaries.key,
  }
  const init = tillpost(['init', '--name', 'Acme', '--json'], { env })
  expect(await init.ended).toBe(0)
  const { writeKey } = JSON.parse(init.stdout()) as { writeKey: string }
  const server = tillpost(['serve'], { env })
  const url = (await server.says(/Tillpost is at (\S+)/u))[1]!
  const basic = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
  const send = async (body: unknown, headers: Record<string, string> = {}, path = '/v1/batch') => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: basic, cookie: `session=${canaries.token}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    await response.text()
  }
  let sent = 0
  const order = (more: object = {}) => {
    sent += 1
    return {
      type: 'track',
      event: 'Order Completed',
      messageId: `m-${sent}`,
      userId: canaries.person,
      context: {
        traits: {
          email: canaries.email,
          phone: canaries.phone,
          address: { street: canaries.address },
        },
      },
      properties: { order_id: sent, total: 5, note: canaries.body, ...more },
    }
  }
  const quoting = {
    errors: [
      {
        status: 400,
        code: 'invalid',
        title: `Invalid ${canaries.email}`,
        detail: `${canaries.phone} of ${canaries.body} ${canaries.person}`,
        source: { pointer: '/data/attributes/properties' },
      },
    ],
  }

  // At the door.
  await send({ batch: [7, null, { type: canaries.body }, order()] })
  await send(`{"batch": [{"email": "${canaries.email}"`)
  await send({ batch: [order()] }, { authorization: `Bearer ${canaries.token}` })
  await send({ batch: [order()] }, { authorization: `Basic ${canaries.token}` })
  await fetch(`${url}/nowhere/${canaries.body}?email=${canaries.email}`)
  await send('{', { 'content-type': 'application/json' }, `/api/replay?${canaries.token}`)
  await send({ [canaries.body]: canaries.email }, {}, '/api/connections/canaryproperty/settings')

  // At Klaviyo.
  for (const [fault, more] of [
    [400, { body: quoting }],
    [409, { body: quoting }],
    [413, { body: quoting }],
    [500, { body: quoting }],
    [503, { body: canaries.email }],
    [429, { body: quoting, retryAfter: 1 }],
    ['reset-after', {}],
    ['half', {}],
  ] as const) {
    klaviyo.answer('/api/*', fault, { times: 1, ...more })
    await send({ batch: [order(), order({ note: `${canaries.body}\u0000` })] })
    await expect.poll(() => klaviyo.faults().length, { timeout: 20_000, interval: 20 }).toBe(0)
  }
  klaviyo.answer('/api/*', 403, { times: 1, body: quoting })
  await send({ batch: [order()] })
  await server.says(/permission|scope/u)
  klaviyo.revokeKey(canaries.key)
  const listed = await fetch(`${url}/api/connections`)
  const { connections } = (await listed.json()) as { connections: { id: string }[] }
  for (const { id } of connections)
    await send({}, { 'content-type': 'application/json' }, `/api/connections/${id}/resume`)
  await send({ batch: [order()] })
  await server.says(/key_invalid/u)
  server.kill('SIGTERM')
  expect(await server.ended).toBe(0)

  expect(server.text()).toMatch(/Klaviyo did not take a request/u)
  expect(server.text().split('\n').length).toBeGreaterThan(10)
  for (const [name, canary] of Object.entries(canaries))
    expect([name, server.text().includes(canary)]).toEqual([name, false])
  expect(server.text()).not.toContain('canary')
})
