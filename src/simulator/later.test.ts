import { afterEach, describe, expect, test } from 'vitest'
import type { Simulator } from './index.ts'
import { call, closeAll, event, start } from './talk.suite.ts'

afterEach(closeAll)

const prefix = '$custom:::$default:::'

function itemJob(...ids: string[]): object {
  return {
    data: {
      type: 'catalog-item-bulk-create-job',
      attributes: {
        items: {
          data: ids.map((external_id) => ({
            type: 'catalog-item',
            attributes: { external_id, title: 'Mug', description: 'd', url: 'https://s.example/' },
          })),
        },
      },
    },
  }
}

describe('catalog jobs', () => {
  test('the items are there while the job still says processing', async () => {
    const simulator = await start({ visibleAfterMs: 1000, choices: { jobLagMs: 240_000 } })
    const { body } = await call(
      simulator,
      'POST',
      '/api/catalog-item-bulk-create-jobs',
      itemJob('p1'),
    )
    const job = async (): Promise<unknown> =>
      (await call(simulator, 'GET', `/api/catalog-item-bulk-create-jobs/${body.data.id}`)).body.data
        .attributes
    expect(
      await call(simulator, 'GET', `/api/catalog-items/${encodeURIComponent(`${prefix}p1`)}`),
    ).toMatchObject({ status: 404 })
    simulator.advance(1000)
    expect(
      await call(simulator, 'GET', `/api/catalog-items/${encodeURIComponent(`${prefix}p1`)}`),
    ).toMatchObject({ status: 200 })
    expect(await job()).toMatchObject({ status: 'processing', completed_count: 0 })
    simulator.advance(240_000)
    expect(await job()).toMatchObject({ status: 'complete', completed_count: 1 })
  })

  test('an item that is there already fails alone, with its place', async () => {
    const simulator = await start()
    await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob('p1'))
    const { body } = await call(
      simulator,
      'POST',
      '/api/catalog-item-bulk-create-jobs',
      itemJob('p0', 'p1'),
    )
    const { body: job } = await call(
      simulator,
      'GET',
      `/api/catalog-item-bulk-create-jobs/${body.data.id}`,
    )
    expect(job.data.attributes).toMatchObject({
      completed_count: 1,
      failed_count: 1,
      errors: [{ source: { pointer: '/data/attributes/items/data/1/attributes' } }],
    })
  })

  test('a job takes 100 elements', async () => {
    const simulator = await start()
    const ids = Array.from({ length: 101 }, (_, n) => `p${n}`)
    expect(
      await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob(...ids)),
    ).toMatchObject({ status: 400 })
    expect(
      await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob(...ids.slice(1))),
    ).toMatchObject({ status: 202 })
  })

  test('500 jobs can be in progress', async () => {
    const simulator = await start({ limits: false, choices: { jobLagMs: 60_000 } })
    for (let count = 0; count < 500; count += 1) {
      await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob(`p${count}`))
    }
    expect(
      await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob('last')),
    ).toMatchObject({ status: 400 })
    simulator.advance(60_000)
    expect(
      await call(simulator, 'POST', '/api/catalog-item-bulk-create-jobs', itemJob('last')),
    ).toMatchObject({ status: 202 })
  })
})

async function segment(simulator: Simulator, conditions: readonly object[]): Promise<string> {
  const { status, body } = await call(simulator, 'POST', '/api/segments', {
    data: {
      type: 'segment',
      attributes: { name: 'S', definition: { condition_groups: [{ conditions }] } },
    },
  })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body.data.id
}

async function membersOf(simulator: Simulator, id: string): Promise<readonly string[]> {
  const { body } = await call(simulator, 'GET', `/api/segments/${id}/profiles`)
  return body.data.map(({ attributes }: { attributes: { email: string } }) => attributes.email)
}

describe('segments', () => {
  test('are without members until they are processed', async () => {
    const simulator = await start({ choices: { segmentLagMs: 540_000 } })
    await call(simulator, 'POST', '/api/events', event())
    const id = await segment(simulator, [
      {
        type: 'profile-property',
        property: 'email',
        filter: { type: 'existence', operator: 'is-set' },
      },
    ])
    expect(
      (await call(simulator, 'GET', `/api/segments/${id}`)).body.data.attributes.is_processing,
    ).toBe(true)
    expect(await membersOf(simulator, id)).toEqual([])
    simulator.advance(540_000)
    expect(await membersOf(simulator, id)).toEqual(['ada@example.com'])
  })

  test('a timeframe moves with the clock', async () => {
    const simulator = await start({ limits: false })
    await call(simulator, 'POST', '/api/events', event())
    const metric_id = simulator.metrics()[0]?.id
    const id = await segment(simulator, [
      {
        type: 'profile-metric',
        metric_id,
        measurement: 'count',
        measurement_filter: { type: 'numeric', operator: 'greater-than', value: 0 },
        timeframe_filter: { type: 'date', operator: 'in-the-last', unit: 'day', quantity: 30 },
      },
    ])
    expect(await membersOf(simulator, id)).toEqual(['ada@example.com'])
    simulator.advance(31 * 86_400_000)
    expect(await membersOf(simulator, id)).toEqual([])
  })

  test.each([
    ["properties['tier']", { type: 'string', operator: 'equals', value: 'gold' }, true],
    ["properties['tier']", { type: 'string', operator: 'not-equals', value: 'gold' }, false],
    ["properties['tier']", { type: 'string', operator: 'in', value: ['silver', 'gold'] }, true],
    ["properties['spent']", { type: 'numeric', operator: 'greater-than', value: 99 }, true],
    ["properties['tags']", { type: 'list', operator: 'contains', value: 'vip' }, true],
    [
      "properties['born']",
      { type: 'date', operator: 'before', date: '2000-01-01T00:00:00Z' },
      true,
    ],
    ["properties['missing']", { type: 'existence', operator: 'not-set' }, true],
    ["location['country']", { type: 'string', operator: 'equals', value: 'US' }, true],
  ])('%s with %o finds a profile: %s', async (property, filter, isFound) => {
    const simulator = await start()
    await call(simulator, 'POST', '/api/profiles', {
      data: {
        type: 'profile',
        attributes: {
          email: 'ada@example.com',
          location: { country: 'US' },
          properties: { tier: 'gold', spent: 100, tags: ['vip'], born: '1990-05-01' },
        },
      },
    })
    const id = await segment(simulator, [{ type: 'profile-property', property, filter }])
    expect(await membersOf(simulator, id)).toEqual(isFound ? ['ada@example.com'] : [])
  })

  test('a metric that is not there is refused', async () => {
    const simulator = await start()
    const { status, body } = await call(simulator, 'POST', '/api/segments', {
      data: {
        type: 'segment',
        attributes: {
          name: 'S',
          definition: {
            condition_groups: [
              {
                conditions: [
                  {
                    type: 'profile-metric',
                    metric_id: 'NOPE01',
                    measurement: 'count',
                    measurement_filter: { type: 'numeric', operator: 'equals', value: 0 },
                    timeframe_filter: { type: 'date', operator: 'alltime' },
                  },
                ],
              },
            ],
          },
        },
      },
    })
    expect({ status, pointer: body.errors[0].source.pointer }).toEqual({
      status: 400,
      pointer: '/data/attributes/definition/condition_groups/0/conditions/0/metric_id',
    })
  })
})

test('a merged profile is gone later, and its id leads to the other from then on', async () => {
  const simulator = await start({ visibleAfterMs: 1000 })
  await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
  await call(simulator, 'POST', '/api/events', event({ unique_id: '2' }, { external_id: 'c1' }))
  simulator.advance(1000)
  const [ada, other] = simulator.profiles()
  const merged = await call(simulator, 'POST', '/api/profile-merge', {
    data: {
      type: 'profile-merge',
      id: ada?.id,
      relationships: { profiles: { data: [{ type: 'profile', id: other?.id }] } },
    },
  })
  expect(merged.status).toBe(202)
  expect(simulator.profiles()).toHaveLength(2)
  simulator.advance(1000)
  expect(simulator.profiles()).toMatchObject([{ email: 'ada@example.com', external_id: 'c1' }])
  expect((await call(simulator, 'GET', `/api/profiles/${other?.id}`)).body.data.id).toBe(ada?.id)
  expect(simulator.events().map(({ profileId }) => profileId)).toEqual([ada?.id, ada?.id])
})

test('a mapped metric is changed twice a day', async () => {
  const simulator = await start({ limits: false })
  await call(simulator, 'POST', '/api/events', event())
  const id = simulator.metrics()[0]?.id
  const change = async (): Promise<number> => {
    const { status } = await call(simulator, 'PATCH', '/api/mapped-metrics/revenue', {
      data: {
        type: 'mapped-metric',
        id: 'revenue',
        relationships: { metric: { data: { type: 'metric', id } } },
      },
    })
    return status
  }
  expect([await change(), await change(), await change()]).toEqual([200, 200, 403])
  simulator.advance(86_400_000)
  expect(await change()).toBe(200)
})

test('an unknown address is 404, a wrong method 405, a wrong type of content 415', async () => {
  const simulator = await start()
  expect(await call(simulator, 'GET', '/api/nothing')).toMatchObject({ status: 404 })
  expect(await call(simulator, 'DELETE', '/api/events')).toMatchObject({ status: 405 })
  expect(
    await call(simulator, 'POST', '/api/events', event(), { 'content-type': 'text/plain' }),
  ).toMatchObject({ status: 415 })
})
