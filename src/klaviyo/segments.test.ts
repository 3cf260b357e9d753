import { afterEach, describe, expect, test } from 'vitest'
import { startSimulator } from '../simulator/index.ts'
import type { Simulator } from '../simulator/index.ts'
import { mapMetrics } from './mapped-metrics.ts'
import type { Reader } from './read.ts'
import { createSegment, findSegment, segmentTemplates } from './segments.ts'
import { openAt, orderOf, realClock } from './stub.suite.ts'

let simulator: Simulator
afterEach(async () => simulator.close())

async function open(): Promise<Reader> {
  simulator = await startSimulator({ limits: false })
  const key = simulator.account().privateKey
  return { baseUrl: simulator.url, clock: realClock, auth: { type: 'key', key } }
}

async function send(reader: Reader, metric: string, email: string): Promise<void> {
  const { auth } = reader
  const klaviyo = openAt(simulator.url, { auth, accountId: simulator.account().id })
  const action = orderOf(email, { metric, uniqueId: `${metric}:${email}` })
  const { answer } = await klaviyo.send('event', [action], { timeoutMs: 5_000 })
  expect(answer.type).toBe('accepted')
}

const [customers] = segmentTemplates

describe('segments from templates', () => {
  test('T49 T50 T51 OnYou Customers is a definition: an email address and a generated try-on, ever', async () => {
    const reader = await open()
    await send(reader, 'Generated OnYou TryOn', 'ana@shop.example')
    await send(reader, 'Placed Order', 'ben@shop.example')
    expect(await createSegment(reader, customers!)).toMatchObject({
      type: 'created',
      segment: { name: 'OnYou Customers' },
    })
    const sent = simulator.requests().find((r) => r.method === 'POST' && r.path === '/api/segments')
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      data: {
        attributes: {
          definition: {
            condition_groups: [
              { conditions: [{ type: 'profile-property', property: 'email' }] },
              {
                conditions: [
                  {
                    type: 'profile-metric',
                    measurement: 'count',
                    measurement_filter: { operator: 'greater-than-or-equal', value: 1 },
                    timeframe_filter: { operator: 'alltime' },
                  },
                ],
              },
            ],
          },
        },
      },
    })
    expect(await findSegment(reader, 'OnYou Customers')).toMatchObject({ value: { members: 1 } })
  })

  test('T53 pressed twice, there is one segment', async () => {
    const reader = await open()
    await send(reader, 'Generated OnYou TryOn', 'ana@shop.example')
    const first = await createSegment(reader, customers!)
    const second = await createSegment(reader, customers!)
    expect([first.type, second.type]).toEqual(['created', 'there'])
    expect(second).toMatchObject({ segment: { members: 1 } })
  })

  test('T54 without any such event Klaviyo has no metric to ask for, and that is said', async () => {
    const reader = await open()
    expect(await createSegment(reader, customers!)).toEqual({
      type: 'metric_missing',
      metric: 'Generated OnYou TryOn',
    })
  })

  test.each(segmentTemplates)('L6 T63 $name is taken by Klaviyo', async (template) => {
    const reader = await open()
    for (const metric of [template.metric, template.not?.metric ?? template.metric]) {
      await send(reader, metric, 'ana@shop.example')
    }
    expect(await createSegment(reader, template)).toMatchObject({ type: 'created' })
  })

  test('a permission that is missing is named', async () => {
    const reader = await open()
    simulator.account().addKey('pk_less', ['metrics:read', 'segments:read'])
    await send(reader, 'Generated OnYou TryOn', 'ana@shop.example')
    const made = await createSegment(
      { ...reader, auth: { type: 'key', key: 'pk_less' } },
      customers!,
    )
    expect(made).toMatchObject({ type: 'failed', status: 403 })
  })
})

describe('mapped metrics', () => {
  test('Klaviyo counts our metrics as revenue, cart and so on; what is right already is left alone', async () => {
    const reader = await open()
    await send(reader, 'Placed Order', 'ana@shop.example')
    const outcomes = async (): Promise<Record<string, string>> =>
      Object.fromEntries((await mapMetrics(reader)).map(({ slot, outcome }) => [slot, outcome]))
    expect(await outcomes()).toMatchObject({ revenue: 'mapped', viewed_product: 'metric_missing' })
    expect(await outcomes()).toMatchObject({ revenue: 'was_mapped' })
  })

  test('what Klaviyo refuses is told for each slot', async () => {
    const reader = await open()
    await send(reader, 'Placed Order', 'ana@shop.example')
    simulator.answer('/api/mapped-metrics/revenue', 403)
    const refused = (await mapMetrics(reader)).find(({ slot }) => slot === 'revenue')
    expect(refused).toMatchObject({ outcome: 'failed', message: expect.any(String) })
  })
})
