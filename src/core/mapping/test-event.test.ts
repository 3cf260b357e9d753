import { describe, expect, test } from 'vitest'
import { connectionOf, eventsOf, planOf } from '../sample.suite.ts'
import { mappings } from './index.ts'
import { testEventOf } from './test-event.ts'

const connection = connectionOf('storefront')

describe('a test event is made from the mapping', () => {
  test.each(mappings.map(({ metric }) => metric))('S38 %s', (metric) => {
    const { event, properties } = testEventOf(metric, connection, 'k1')
    const [action, ...others] = eventsOf(
      planOf({ event, properties: { ...properties, test: true } }),
    )
    expect(action).toMatchObject({ metric, properties: { test: true } })
    for (const other of others) expect(other.metric).toBe('Ordered Product')
  })

  test('S38 an order has an id of its own, an amount and a line', () => {
    const made = testEventOf('placed order ', connection, 'k1')
    const [order, line] = eventsOf(planOf(made))
    expect(order).toMatchObject({
      metric: 'Placed Order',
      uniqueId: 'acme:order:test-k1',
      value: 1,
      properties: { OrderId: 'test-k1', Items: [{ ProductName: 'Test', Quantity: 1 }] },
    })
    expect(line).toMatchObject({ metric: 'Ordered Product', value: 1 })
    expect(eventsOf(planOf(testEventOf('Placed Order', connection, 'k2')))[0]?.uniqueId).toBe(
      'acme:order:test-k2',
    )
  })

  test('S38 a mapping of the connection’s own goes before the built-in one; what nothing maps goes on by its name', () => {
    const own = connectionOf('storefront', {
      mappings: {
        'Bestellung fertig': {
          metric: 'Placed Order',
          properties: { Betrag: 'properties.betrag_total' },
        },
      },
    })
    expect(testEventOf('Placed Order', own, 'k1')).toEqual({
      event: 'Bestellung fertig',
      properties: { betrag_total: 1 },
    })
    expect(testEventOf(' Spun the wheel ', own, 'k1')).toEqual({
      event: 'Spun the wheel',
      properties: {},
    })
  })
})
