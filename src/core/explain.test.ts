import { describe, expect, test } from 'vitest'
import { explainEvent } from './explain.ts'
import { connectionOf, kit, receivedAt } from './sample.suite.ts'

const given = { receivedAt, kit, newId: () => 'made-up-id', maxBytes: 1_000_000 }
const order = {
  type: 'track',
  event: 'Order Completed',
  anonymousId: 'a-1',
  properties: {
    order_id: 1042,
    total: 27.5,
    currency: 'EUR',
    products: [{ sku: 'a', price: 27.5, quantity: 1 }],
  },
}

describe('M29 the dry run', () => {
  test('M29 says exactly what would be sent', () => {
    const known = { email: 'ana@shop.example' }
    const explanation = explainEvent(order, connectionOf(), { ...given, known })
    expect(explanation.outcome).toBe('send')
    expect(explanation.lines).toEqual([
      'The event "Placed Order", worth 27.5 EUR, with the unique id acme:order:1042.',
      'The event "Ordered Product", worth 27.5 EUR, with the unique id acme:order:1042:a.',
    ])
    expect(explanation.actions).toHaveLength(2)
  })

  test('M29 says why something would wait, not be sent, or be refused', () => {
    expect(explainEvent(order, connectionOf(), given)).toMatchObject({
      outcome: 'wait',
      reason: 'anonymous_waiting',
    })
    expect(explainEvent(order, connectionOf('hub'), given)).toMatchObject({
      outcome: 'not sent',
      reason: 'no_identifier',
    })
    const refused = explainEvent({ type: 'track' }, connectionOf(), given)
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'refused_no_name' })
    expect(refused.lines).toHaveLength(2)
  })

  test('M29 names the rule that removed it', () => {
    const rules = [{ name: 'No orders', events: ['Order*'], decision: 'drop' as const }]
    const { lines } = explainEvent(order, connectionOf('storefront', { rules }), given)
    expect(lines).toContain('Your rule "No orders" removed it.')
  })
})
