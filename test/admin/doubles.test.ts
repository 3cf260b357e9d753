import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { openOAuth } from '../../src/klaviyo/index.ts'
import { systemClock } from '../../src/server/clock.ts'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { newWorkspace } from './workspace.ts'

const key = 'pk_acme_0123456789abcdef'

/** Klaviyo, to which a shop platform's own app sends already. */
async function start(metrics: readonly string[]) {
  const klaviyo = await startSimulator({
    limits: false,
    accounts: [
      { id: 'ACME01', name: 'Acme', privateKey: key },
      { id: 'TEST01', name: 'Test', privateKey: 'pk_test' },
    ],
  })
  onTestFinished(() => klaviyo.close())
  for (const metric of metrics) await platformSends(klaviyo, metric)
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const workspace = await newWorkspace(owner, 'Acme')
  const path = `/workspaces/${workspace}`
  const store = await owner.ask('POST', `${path}/stores`, { name: 'Acme' })
  const source = await owner.ask('POST', `${path}/sources`, { storeId: store.body.id, name: 'Web' })
  const destination = await owner.ask('POST', `${path}/destinations`, { privateKey: key })
  const connect = (preset = 'storefront') =>
    owner.ask('POST', `${path}/connections`, {
      sourceId: source.body.id,
      destinationId: destination.body.id,
      preset,
    })
  return { owner, klaviyo, path, destinationId: destination.body.id as string, connect, server }
}

async function platformSends(klaviyo: Simulator, metric: string): Promise<void> {
  const redirectUri = 'http://127.0.0.1:9/back'
  const app = klaviyo.addApp({ name: 'Shopify', redirectUris: [redirectUri] })
  const { clientId, clientSecret } = app
  const oauth = openOAuth({ clientId, clientSecret, redirectUri, baseUrl: klaviyo.url }, () =>
    systemClock.now(),
  )
  const { url, verifier } = await oauth.begin(['accounts:read', 'events:write'], 's-1')
  const granted = await oauth.finish(new URL(klaviyo.consent(url)), 's-1', verifier)
  if (granted.type !== 'granted') throw new Error('The platform was not installed.')
  const response = await fetch(new URL('/api/events', klaviyo.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${granted.tokens.access}`,
      revision: '2026-07-15',
      'content-type': 'application/vnd.api+json',
    },
    body: JSON.stringify({
      data: {
        type: 'event',
        attributes: {
          properties: {},
          time: new Date(systemClock.now()).toISOString(),
          metric: { data: { type: 'metric', attributes: { name: metric } } },
          profile: { data: { type: 'profile', attributes: { email: 'ana@shop.example' } } },
        },
      },
    }),
  })
  expect(response.status).toBe(202)
}

test('L8 before a connection goes live, another integration’s metrics of the same names are found and warned of', async () => {
  const { owner, path, destinationId, connect } = await start(['Placed Order', 'Checkout Opened'])
  const before = await owner.ask('GET', `${path}/destinations/${destinationId}/doubles`)
  const warning = {
    state: 'found',
    says: 'In this account Shopify sends Placed Order too.',
    todo: expect.stringContaining('twice'),
    data: [{ integration: 'shopify', metrics: ['Placed Order'], acknowledged: false }],
  }
  expect(before.body).toMatchObject(warning)
  // The try-on preset sends none of the shop's own events.
  const tryOn = await owner.ask(
    'GET',
    `${path}/destinations/${destinationId}/doubles?preset=try-on`,
  )
  expect(tryOn.body).toMatchObject({ state: 'none', data: [] })

  const made = await connect()
  expect([made.status, made.body.doubles]).toMatchObject([201, warning])
  const connection = `${path}/connections/${made.body.id}`
  const diagnosis = await owner.ask('GET', `${connection}/diagnosis?metric=Placed%20Order`)
  expect(diagnosis.body.steps.at(-1)).toMatchObject({ step: 'doubles', result: 'warning' })
  // It does not stop an event, so it is no answer to why one is missing.
  expect(diagnosis.body.answer).not.toContain('Shopify')

  const acknowledged = await owner.ask('POST', `${connection}/doubles/acknowledge`, {
    integrations: ['shopify'],
  })
  expect(acknowledged.body).toMatchObject({ state: 'acknowledged' })
  const after = await owner.ask('GET', `${connection}/diagnosis?metric=Placed%20Order`)
  expect(after.body.steps.at(-1)).toMatchObject({ step: 'doubles', result: 'ok' })
  const shown = await owner.ask('GET', connection)
  expect(shown.body.settings.knownDoubles).toEqual(['shopify'])
  const { body } = await owner.ask('GET', `${path}/audit`)
  expect(body.data.map(({ action }: { readonly action: string }) => action)).toContain(
    'doubles.acknowledge',
  )
})

test('what we send ourselves is no double, also after going live', async () => {
  const { owner, path, connect, server } = await start([])
  const { body } = await connect()
  expect(body.doubles).toMatchObject({ state: 'none' })
  const sent = await owner.ask('POST', `${path}/connections/${body.id}/test-events`, {
    metric: 'Placed Order',
    email: 'ana@shop.example',
  })
  expect(sent.status).toBe(201)
  await server.settle()
  const later = await owner.ask('GET', `${path}/connections/${body.id}/doubles`)
  expect(later.body).toMatchObject({ state: 'none' })
})

test('a Klaviyo that cannot be asked keeps nobody from connecting', async () => {
  const { klaviyo, connect } = await start(['Placed Order'])
  klaviyo.answer('/api/metrics', 500)
  const made = await connect()
  expect([made.status, made.body.doubles.state]).toEqual([201, 'unknown'])
})
