import { afterEach, expect, test } from 'vitest'
import type { Simulator } from './index.ts'
import { call, closeAll, start } from './talk.suite.ts'

// Every number that Klaviyo's documentation puts on the size of a request: it fits, and one more does not.

afterEach(closeAll)

const times = <Item>(count: number, make: (n: number) => Item): Item[] =>
  Array.from({ length: count }, (_, n) => make(n))
const email = (n: number): string => `p${n}@example.com`
const profile = (n: number): object => ({ type: 'profile', attributes: { email: email(n) } })
const consenting = (consent: string) => (n: number) => ({
  type: 'profile',
  attributes: { email: email(n), subscriptions: { email: { marketing: { consent } } } },
})
const job = (type: string, profiles: object[]): object => ({
  data: { type, attributes: { profiles: { data: profiles } } },
})

interface Case {
  readonly what: string
  readonly most: number
  readonly path: string
  readonly method?: string
  readonly body: (count: number, simulator: Simulator) => object
  readonly status: number
}

const cases: readonly Case[] = [
  {
    what: 'profiles of a bulk import',
    most: 10_000,
    path: '/api/profile-bulk-import-jobs',
    body: (count) => job('profile-bulk-import-job', times(count, profile)),
    status: 202,
  },
  {
    what: 'profiles to subscribe',
    most: 1000,
    path: '/api/profile-subscription-bulk-create-jobs',
    body: (count) =>
      job('profile-subscription-bulk-create-job', times(count, consenting('SUBSCRIBED'))),
    status: 202,
  },
  {
    what: 'profiles to unsubscribe',
    most: 100,
    path: '/api/profile-subscription-bulk-delete-jobs',
    body: (count) =>
      job('profile-subscription-bulk-delete-job', times(count, consenting('UNSUBSCRIBED'))),
    status: 202,
  },
  {
    what: 'profiles to suppress',
    most: 100,
    path: '/api/profile-suppression-bulk-create-jobs',
    body: (count) => job('profile-suppression-bulk-create-job', times(count, profile)),
    status: 202,
  },
  {
    what: 'profiles to unsuppress',
    most: 100,
    path: '/api/profile-suppression-bulk-delete-jobs',
    body: (count) => job('profile-suppression-bulk-delete-job', times(count, profile)),
    status: 202,
  },
  {
    what: 'events of a browser',
    most: 1000,
    path: '/client/event-bulk-create?company_id=SIZES1',
    body: (count) => ({
      data: {
        type: 'event-bulk-create',
        attributes: {
          profile: { data: profile(0) },
          events: {
            data: times(count, (n) => ({
              type: 'event',
              attributes: {
                unique_id: String(n),
                properties: {},
                metric: { data: { type: 'metric', attributes: { name: 'Viewed' } } },
              },
            })),
          },
        },
      },
    }),
    status: 202,
  },
]

test.each(cases)('$most $what fit in one request', async ({ most, path, body, status }) => {
  const simulator = await start({ limits: false, accounts: [{ id: 'SIZES1' }] })
  expect(await call(simulator, 'POST', path, body(most, simulator))).toMatchObject({ status })
  const { status: refused, body: answer } = await call(
    simulator,
    'POST',
    path,
    body(most + 1, simulator),
  )
  expect(refused).toBe(400)
  expect(answer.errors[0].detail).toContain(String(most))
})

test('1,000 members join or leave a list in one request', async () => {
  const simulator = await start({ limits: false })
  const { id } = simulator.account().addList({ name: 'News' })
  await call(
    simulator,
    'POST',
    '/api/profile-bulk-import-jobs',
    job('profile-bulk-import-job', times(1001, profile)),
  )
  const data = simulator.profiles().map((held) => ({ type: 'profile', id: held.id }))
  const path = `/api/lists/${id}/relationships/profiles`
  for (const method of ['POST', 'DELETE']) {
    expect(await call(simulator, method, path, { data })).toMatchObject({ status: 400 })
    expect(await call(simulator, method, path, { data: data.slice(1) })).toMatchObject({
      status: 204,
    })
  }
})

// An umlaut is two bytes: what is counted is bytes.
test.each([
  [60_000, 'x', 201],
  [60_000, 'ü', 400],
])('a profile of 100 KB: %i times %s is answered %i', async (length, letter, status) => {
  const simulator = await start()
  const properties = { text: letter.repeat(length) }
  const data = { type: 'profile', attributes: { email: 'ada@example.com', properties } }
  expect(await call(simulator, 'POST', '/api/profiles', { data })).toMatchObject({ status })
  const bulk = await call(
    simulator,
    'POST',
    '/api/profile-bulk-import-jobs',
    job('profile-bulk-import-job', [data]),
  )
  expect(bulk.status).toBe(status === 201 ? 202 : 400)
})

test.each([
  [60_000, 'x', 201],
  [60_000, 'ü', 400],
])(
  "a catalog item's metadata of 100 kB: %i times %s is answered %i",
  async (length, letter, status) => {
    const simulator = await start()
    const attributes = {
      external_id: 'p1',
      title: 'Mug',
      description: 'd',
      url: 'https://s.example/',
      custom_metadata: { text: letter.repeat(length) },
    }
    const data = { type: 'catalog-item', attributes }
    expect(await call(simulator, 'POST', '/api/catalog-items', { data })).toMatchObject({ status })
  },
)

test.each([
  ['tags', 500, (n: number) => ({ type: 'tag', attributes: { name: `t${n}` } })],
  [
    'templates',
    1000,
    (n: number) => ({
      type: 'template',
      attributes: { name: `t${n}`, editor_type: 'CODE', html: '' },
    }),
  ],
] as const)('an account has %s: %i at most', async (name, most, make) => {
  const simulator = await start({ limits: false })
  for (let n = 0; n < most; n += 1) {
    const { status } = await call(simulator, 'POST', `/api/${name}`, { data: make(n) })
    expect(status).toBe(201)
  }
  expect(await call(simulator, 'POST', `/api/${name}`, { data: make(most) })).toMatchObject({
    status: 400,
  })
})

test('a job makes 1,000 coupon codes', async () => {
  const simulator = await start({ limits: false })
  const coupon = await call(simulator, 'POST', '/api/coupons', {
    data: { type: 'coupon', attributes: { external_id: 'TEN' } },
  })
  const codes = (count: number): object => ({
    data: {
      type: 'coupon-code-bulk-create-job',
      attributes: {
        'coupon-codes': {
          data: times(count, (n) => ({
            type: 'coupon-code',
            attributes: { unique_code: `C${n}` },
            relationships: { coupon: { data: { type: 'coupon', id: coupon.body.data.id } } },
          })),
        },
      },
    },
  })
  const path = '/api/coupon-code-bulk-create-jobs'
  expect(await call(simulator, 'POST', path, codes(1001))).toMatchObject({ status: 400 })
  expect(await call(simulator, 'POST', path, codes(1000))).toMatchObject({ status: 202 })
})

test('an image has 5 MB at most', async () => {
  const simulator = await start({ limits: false })
  const upload = async (bytes: number): Promise<number> => {
    const form = new FormData()
    const head = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    form.set(
      'file',
      new File([head, new Uint8Array(bytes - head.length)], 'a.png', { type: 'image/png' }),
    )
    const response = await fetch(`${simulator.url}/api/image-upload`, {
      method: 'POST',
      headers: {
        authorization: `Klaviyo-API-Key ${simulator.account().privateKey}`,
        revision: '2026-07-15',
      },
      body: form,
    })
    return response.status
  }
  expect(await upload(4 * 1024 * 1024)).toBe(201)
  expect(await upload(5 * 1024 * 1024 + 1)).toBeGreaterThanOrEqual(400)
})
