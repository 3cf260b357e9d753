import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Choices, Simulator } from './index.ts'
import { bulk, call, closeAll, event, start } from './talk.suite.ts'

afterEach(closeAll)

const hour = 3_600_000
const minute = 60_000
const noon = Date.UTC(2026, 6, 1, 12)

const choosing = (choices: Partial<Choices>): Promise<Simulator> => start({ choices })

const sendEvent = async (simulator: Simulator, attributes: object = {}): Promise<number> =>
  (await call(simulator, 'POST', '/api/events', event(attributes))).status

const named = (name: string): object => ({
  metric: { data: { type: 'metric', attributes: { name } } },
})

/** How deep the innermost array of a property lies. */
const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)])

describe('what no source settles goes either way by a switch', () => {
  test.each([
    ['keep-first', 202, 1],
    ['refuse', 400, 0],
  ] as const)(
    'two events of one second without a unique id: %s',
    async (impliedRepeats, status, count) => {
      const simulator = await choosing({ impliedRepeats })
      const time = '2026-07-01T12:00:00+00:00'
      const sent = bulk([{ time }, { time }])
      expect(await call(simulator, 'POST', '/api/event-bulk-create-jobs', sent)).toMatchObject({
        status,
      })
      expect(simulator.eventCount()).toBe(count)
    },
  )

  test.each([
    ['refuse', 400],
    ['oldest', 200],
  ] as const)('no revision: %s', async (missingRevision, status) => {
    const simulator = await choosing({ missingRevision })
    const response = await fetch(`${simulator.url}/api/accounts`, {
      headers: { authorization: `Klaviyo-API-Key ${simulator.account().privateKey}` },
    })
    expect(response.status).toBe(status)
  })

  test.each([
    ['refuse', 400],
    ['ignore', 202],
  ] as const)('a member that Klaviyo does not know: %s', async (unknownMembers, status) => {
    expect(await sendEvent(await choosing({ unknownMembers }), { colour: 'red' })).toBe(status)
  })

  test.each([
    [true, 202],
    [false, 415],
  ] as const)('gzip: %s', async (gzip, status) => {
    const simulator = await choosing({ gzip })
    const response = await fetch(`${simulator.url}/api/events`, {
      method: 'POST',
      headers: {
        authorization: `Klaviyo-API-Key ${simulator.account().privateKey}`,
        revision: '2026-07-15',
        'content-type': 'application/vnd.api+json',
        'content-encoding': 'gzip',
      },
      body: gzipSync(JSON.stringify(event())),
    })
    expect(response.status).toBe(status)
  })

  test.each([
    [false, null],
    [true, 5],
  ] as const)(
    '$value and $event_id are lifted out of properties: %s',
    async (liftsSpecialKeys, value) => {
      const simulator = await choosing({ liftsSpecialKeys })
      await sendEvent(simulator, { properties: { $value: 5, $event_id: 'lifted' } })
      const [held] = simulator.events()
      expect(held?.value).toBe(value)
      expect(held?.unique_id === 'lifted').toBe(liftsSpecialKeys)
    },
  )

  test.each([
    [true, 400],
    [false, 202],
  ] as const)('the event limits of older documentation: %s', async (olderEventLimits, status) => {
    const simulator = await choosing({ olderEventLimits })
    const items = Array.from({ length: 4001 }, (_, n) => n)
    expect(await sendEvent(simulator, { properties: { items } })).toBe(status)
    expect(await sendEvent(simulator, { properties: { deep: nested(11) } })).toBe(status)
    expect(await sendEvent(simulator, { properties: { deep: nested(10) } })).toBe(202)
  })

  test.each([
    [Number.POSITIVE_INFINITY, 202],
    [2, 400],
  ] as const)('metrics of an account at most: %s', async (mostMetrics, status) => {
    const simulator = await choosing({ mostMetrics })
    await sendEvent(simulator, named('First'))
    await sendEvent(simulator, named('Second'))
    expect(await sendEvent(simulator, named('Third'))).toBe(status)
    expect(await sendEvent(simulator, named('First'))).toBe(202)
  })

  test.each([
    [Number.POSITIVE_INFINITY, 1],
    [30 * minute, 2],
  ] as const)('a unique id is remembered for %s ms', async (dedupeMs, count) => {
    const simulator = await choosing({ dedupeMs })
    const sent = { unique_id: '1', time: '2026-07-01T12:00:00+00:00' }
    await sendEvent(simulator, sent)
    await sendEvent(simulator, sent)
    expect(simulator.eventCount()).toBe(1)
    simulator.advance(hour)
    await sendEvent(simulator, sent)
    await sendEvent(simulator, sent)
    expect(simulator.eventCount()).toBe(count)
  })

  test.each([
    [undefined, 400],
    [Number.POSITIVE_INFINITY, 200],
  ] as const)(
    'metric aggregates over two years, with a range of %s',
    async (aggregateRangeMs, status) => {
      const simulator = await choosing(aggregateRangeMs === undefined ? {} : { aggregateRangeMs })
      await sendEvent(simulator)
      const asked = {
        data: {
          type: 'metric-aggregate',
          attributes: {
            metric_id: simulator.metrics()[0]?.id,
            measurements: ['count'],
            interval: 'month',
            filter: [
              'greater-or-equal(datetime,2025-01-01T00:00:00)',
              'less-than(datetime,2027-01-01T00:00:00)',
            ],
          },
        },
      }
      expect(await call(simulator, 'POST', '/api/metric-aggregates', asked)).toMatchObject({
        status,
      })
    },
  )

  test.each([
    ['pass', 200],
    ['count', 429],
  ] as const)('a throttled call against the minute: %s', async (throttledCalls, status) => {
    let now = noon
    const simulator = await start({ now: () => now, choices: { throttledCalls } })
    // One a second, fifteen a minute: fifteen tries in the first second spend the minute, or do not.
    for (let tries = 0; tries < 15; tries += 1) await call(simulator, 'GET', '/api/accounts')
    now += 1000
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status })
  })

  test.each([[true], [false]])(
    'a change of consent moves updated: %s',
    async (consentMovesUpdated) => {
      let now = noon
      const simulator = await start({
        now: () => now,
        accounts: [{ defaultOptIn: 'single_opt_in' }],
        choices: { consentMovesUpdated },
      })
      await sendEvent(simulator)
      now += hour
      await call(simulator, 'POST', '/api/profile-subscription-bulk-delete-jobs', {
        data: {
          type: 'profile-subscription-bulk-delete-job',
          attributes: {
            profiles: {
              data: [
                {
                  type: 'profile',
                  attributes: {
                    email: 'ada@example.com',
                    subscriptions: { email: { marketing: { consent: 'UNSUBSCRIBED' } } },
                  },
                },
              ],
            },
          },
        },
      })
      expect(simulator.subscriptions('ada@example.com')).toMatchObject({
        email: { marketing: { consent: 'UNSUBSCRIBED' } },
      })
      expect(simulator.profile('ada@example.com')?.updated).toBe(consentMovesUpdated ? now : noon)
    },
  )

  test.each([[true], [false]])('a browser is told the exchange id: %s', async (exchangeId) => {
    const simulator = await choosing({ exchangeId })
    const { status, body } = await call(
      simulator,
      'POST',
      `/client/profiles?company_id=${simulator.account().id}`,
      { data: { type: 'profile', attributes: { email: 'ada@example.com' } } },
    )
    expect(status).toBe(202)
    expect(body?.meta.exchange_id !== undefined).toBe(exchangeId)
  })

  test.each([[false], [true]])(
    'a webhook holds profile and metric: %s',
    async (webhookIncludes) => {
      const got: string[] = []
      const receiver = createServer((request, response) => {
        let text = ''
        request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
        request.on('end', () => {
          got.push(text)
          response.writeHead(200).end()
        })
      })
      await new Promise<void>((resolve) => {
        receiver.listen(0, '127.0.0.1', resolve)
      })
      try {
        const simulator = await start({
          limits: false,
          accounts: [{ advancedKdp: true }],
          choices: { webhookIncludes, webhookClockSkewMs: 0 },
        })
        await sendEvent(simulator, { unique_id: '0' })
        await call(simulator, 'POST', '/api/webhooks', {
          data: {
            type: 'webhook',
            attributes: {
              name: 'orders',
              endpoint_url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
              secret_key: 'a-secret-of-16-chars',
            },
            relationships: {
              'webhook-topics': { data: [{ type: 'webhook-topic', id: 'event:api.placed_order' }] },
            },
          },
        })
        await sendEvent(simulator, { unique_id: '1' })
        await vi.waitFor(() => expect(got).toHaveLength(1))
        const { included } = JSON.parse(got[0] ?? '').data[0].payload
        expect(included?.map(({ type }: { type: string }) => type)).toEqual(
          webhookIncludes ? ['metric', 'profile'] : undefined,
        )
      } finally {
        receiver.close()
      }
    },
  )
})
