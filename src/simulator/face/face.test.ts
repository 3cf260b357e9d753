import { afterEach, expect, test } from 'vitest'
import type { Simulator } from '../index.ts'
import { bulk, call, closeAll, event, start } from '../talk.suite.ts'

afterEach(closeAll)

async function look(simulator: Simulator, path: string): Promise<string> {
  const response = await fetch(simulator.url + path)
  expect(response.status).toBe(200)
  return await response.text()
}

async function submit(
  simulator: Simulator,
  path: string,
  form: { readonly [name: string]: string },
  headers: { readonly [name: string]: string } = {},
): Promise<number> {
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
    headers,
  })
  return response.status
}

test('every page shows, empty and with something in it', async () => {
  const simulator = await start({ limits: false })
  const pages = [
    '/',
    '/ui/profiles',
    '/ui/metrics',
    '/ui/lists',
    '/ui/catalog',
    '/ui/campaigns',
    '/ui/requests',
    '/ui/faults',
  ]
  for (const path of pages) expect(await look(simulator, path)).toContain('<main')
  await call(
    simulator,
    'POST',
    '/api/event-bulk-create-jobs',
    bulk([{ unique_id: '1', value: 5 }, { unique_id: '2' }]),
  )
  simulator.account().addList({ name: 'News' })
  for (const path of pages) expect(await look(simulator, path)).toContain('<main')
  expect(await look(simulator, '/')).toContain('ada@example.com')
  expect(await look(simulator, '/ui/requests')).toContain('/api/event-bulk-create-jobs')
})

test('a person, a metric and a list have pages of their own', async () => {
  const simulator = await start()
  await call(simulator, 'POST', '/api/events', event({ properties: { OrderId: 'order-77' } }))
  const list = simulator.account().addList({ name: 'News' })
  expect(await look(simulator, `/ui/profiles/${simulator.profiles()[0]?.id}`)).toContain('order-77')
  expect(await look(simulator, `/ui/metrics/${simulator.metrics()[0]?.id}`)).toContain(
    'Placed Order',
  )
  expect(await look(simulator, `/ui/lists/${list.id}`)).toContain('Nobody is in it')
  const missing = await fetch(`${simulator.url}/ui/profiles/NOBODY`)
  expect(missing.status).toBe(404)
})

test('what shops send is shown as text, never as markup', async () => {
  const simulator = await start()
  const evil = '<img src=x onerror=alert(1)>'
  await call(
    simulator,
    'POST',
    '/api/events',
    event(
      {
        properties: { note: evil },
        metric: { data: { type: 'metric', attributes: { name: evil } } },
      },
      { email: 'a@b.co', first_name: evil },
    ),
  )
  for (const path of [
    '/',
    '/ui/profiles',
    `/ui/profiles/${simulator.profiles()[0]?.id}`,
    '/ui/metrics',
    '/ui/requests',
  ]) {
    expect(await look(simulator, path)).not.toContain('<img')
  }
})

test('faults are switched on and off by its forms, and by no page of another site', async () => {
  const simulator = await start({ limits: false })
  const form = { path: '/api/accounts', fault: '503', times: '2', share: '100' }
  expect(await submit(simulator, '/ui/faults', form, { 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(simulator.faults()).toEqual([])
  expect(await submit(simulator, '/ui/faults', form, { 'sec-fetch-site': 'same-origin' })).toBe(303)
  expect(simulator.faults()).toMatchObject([{ path: '/api/accounts', fault: 503, times: 2 }])
  expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 503 })
  await submit(simulator, '/ui/faults/clear', {})
  await submit(simulator, '/ui/outage', { seconds: '60' })
  expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 503 })
  expect(await look(simulator, '/')).toContain('An outage is on')
})

test('someone who was asked to confirm can be confirmed', async () => {
  const simulator = await start()
  const list = simulator.account().addList({ name: 'News', optIn: 'double_opt_in' })
  await call(simulator, 'POST', '/api/profile-subscription-bulk-create-jobs', {
    data: {
      type: 'profile-subscription-bulk-create-job',
      attributes: {
        profiles: {
          data: [
            {
              type: 'profile',
              attributes: {
                email: 'new@example.com',
                subscriptions: { email: { marketing: { consent: 'SUBSCRIBED' } } },
              },
            },
          ],
        },
      },
      relationships: { list: { data: { type: 'list', id: list.id } } },
    },
  })
  expect(await look(simulator, '/ui/lists')).toContain('new@example.com')
  await submit(simulator, '/ui/confirm', { who: 'new@example.com' })
  expect(simulator.lists()[0]?.members).toHaveLength(1)
})
