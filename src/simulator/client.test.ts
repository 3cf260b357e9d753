import { afterEach, expect, test } from 'vitest'
import type { Simulator } from './index.ts'
import { closeAll, type Reply, start } from './talk.suite.ts'

afterEach(closeAll)

async function send(
  simulator: Simulator,
  path: string,
  data: object,
  company = simulator.account().publicKey,
): Promise<Reply> {
  const response = await fetch(`${simulator.url}${path}/?company_id=${company}`, {
    method: 'POST',
    headers: { revision: '2026-07-15', 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

const metric = { data: { type: 'metric', attributes: { name: 'Viewed Product' } } }
const ofAda = { data: { type: 'profile', attributes: { email: 'ada@example.com' } } }

test('a browser sends events with the public key alone', async () => {
  const simulator = await start()
  const event = {
    type: 'event',
    attributes: { properties: {}, metric, profile: ofAda, unique_id: '1' },
  }
  expect(await send(simulator, '/client/events', event)).toMatchObject({
    status: 202,
    body: undefined,
  })
  expect(await send(simulator, '/client/events', event, 'NOBODY')).toMatchObject({ status: 401 })
  expect(simulator.events('Viewed Product')).toMatchObject([
    { integration: 'api', profile: { email: 'ada@example.com' } },
  ])
})

test('kept events come in one call, and their special keys stay properties unless a switch lifts them', async () => {
  for (const liftsSpecialKeys of [false, true]) {
    const simulator = await start({ choices: { liftsSpecialKeys } })
    const event = {
      type: 'event',
      attributes: {
        properties: { $event_id: 'e1', $value: 3 },
        metric,
        time: '2026-07-01T00:00:00Z',
      },
    }
    await send(simulator, '/client/event-bulk-create', {
      type: 'event-bulk-create',
      attributes: { profile: ofAda, events: { data: [event] } },
    })
    expect(simulator.events()).toMatchObject([
      liftsSpecialKeys ? { unique_id: 'e1', value: 3 } : { unique_id: '1782864000', value: null },
    ])
  }
})

test('a browser adds to a profile and cannot change its identifiers', async () => {
  const simulator = await start()
  const { status, body } = await send(simulator, '/client/profiles', {
    type: 'profile',
    attributes: { email: 'ada@example.com', external_id: 'c1' },
  })
  expect(status).toBe(202)
  const { exchange_id: token } = body.meta
  await send(simulator, '/client/profiles', {
    type: 'profile',
    attributes: { _kx: token, email: 'other@example.com', first_name: 'Ada' },
  })
  expect(simulator.profiles()).toMatchObject([
    { email: 'ada@example.com', external_id: 'c1', first_name: 'Ada' },
  ])
})

test('a sign-up names its list, and goes by its opt-in', async () => {
  const simulator = await start()
  const list = simulator.account().addList({ name: 'News', optIn: 'double_opt_in' })
  const signUp = (id: string): Promise<Reply> =>
    send(simulator, '/client/subscriptions', {
      type: 'subscription',
      attributes: { profile: ofAda },
      relationships: { list: { data: { type: 'list', id } } },
    })
  expect(await signUp(list.id)).toMatchObject({ status: 202 })
  expect(simulator.profiles()).toEqual([])
  expect(simulator.account().pendingOptIns()).toMatchObject([
    { email: 'ada@example.com', listId: list.id },
  ])
  expect(await signUp('NOLIST')).toMatchObject({ status: 404 })
})
