import { expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { join } from './workspace.ts'

async function withOrders() {
  const { server, klaviyo } = await startBoth()
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const order = (n: number, coupon: string) =>
    server.track('Order Completed', {
      messageId: `m${n}`,
      userId: 'u1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: n, total: 10 * n, coupon, shipping_address: 'Lane 1' },
    })
  await order(1, 'TEST-1')
  await order(2, 'SPRING')
  await order(3, 'TEST-3')
  await server.settle()
  const path = `/workspaces/${workspaceId}/connections/${id}`
  return { server, klaviyo, owner, workspaceId, path, order }
}

const skipTests = {
  name: 'Skip test orders',
  events: ['Order*'],
  when: [{ type: 'glob', path: 'properties.coupon', value: 'test-*' }],
  decision: 'drop',
}

test('S7 what rules would do is shown on the events that came last, and nothing is changed', async () => {
  const { owner, path, klaviyo } = await withOrders()
  const before = await owner.ask('GET', path)
  const preview = await owner.ask('POST', `${path}/preview`, { settings: { rules: [skipTests] } })
  expect(preview.body).toMatchObject({
    looked: 3,
    changed: 2,
    before: { send: 3, drop: 0 },
    after: { send: 1, drop: 2 },
  })
  expect(preview.body.data[0]).toMatchObject({
    messageId: 'm3',
    changed: true,
    before: { outcome: 'send', events: [{ metric: 'Placed Order', value: 30 }] },
    after: { outcome: 'not sent', reason: 'rule_dropped' },
  })
  expect(preview.body.data[0].after.lines[0]).toBe('Your rule "Skip test orders" removed it.')
  expect((await owner.ask('GET', path)).body).toEqual(before.body)
  expect(klaviyo.events('Placed Order')).toHaveLength(3)
})

test('R13 L12 a mapping is changed: tried on stored events, kept as a version, undone', async () => {
  const { server, owner, path, klaviyo, order } = await withOrders()
  const listed = await owner.ask('GET', `${path}/mappings`)
  const placed = listed.body.data.find(
    ({ builtIn }: { builtIn?: string }) => builtIn === 'Placed Order',
  )
  expect(placed).toMatchObject({
    metric: 'Placed Order',
    lines: 'Ordered Product',
    on: true,
    changed: false,
    builtInProperties: {
      DiscountCode: { first: ['properties.coupon', 'properties.discount_code'] },
    },
  })
  const mappings = {
    'Order Completed': {
      metric: 'Bought',
      properties: { Voucher: 'properties.coupon', DiscountCode: null },
    },
  }
  const preview = await owner.ask('POST', `${path}/preview`, { settings: { mappings }, events: 1 })
  const { differences, after } = preview.body.data[0]
  expect(after.events[0].metric).toBe('Bought')
  expect(differences).toContainEqual({ field: 'Bought · Voucher', after: 'TEST-3' })
  const kept = await owner.ask('PATCH', `${path}/settings`, { settings: { mappings } })
  expect(kept.status).toBe(200)
  await order(4, 'FOUR')
  await server.settle()
  const [bought] = klaviyo.events('Bought')
  // The id is the built-in one: a replay of orders that went before counts once.
  expect(bought).toMatchObject({ unique_id: 'acme:order:4' })
  expect(bought?.properties).toMatchObject({ Voucher: 'FOUR', OrderId: 4 })
  expect(bought?.properties).not.toHaveProperty('DiscountCode')
  const changed = await owner.ask('GET', `${path}/mappings`)
  expect(changed.body.data).toContainEqual(
    expect.objectContaining({
      metric: 'Bought',
      builtIn: 'Placed Order',
      changed: true,
      // What was changed of them is told by the settings.
      builtInProperties: placed.builtInProperties,
    }),
  )
  const undone = await owner.ask('POST', `${path}/versions/${kept.body.version - 1}/restore`)
  expect(undone.body.settings.mappings).toEqual({})
})

test('a mapping that cannot be is refused with its place', async () => {
  const { owner, path } = await withOrders()
  for (const [mapping, place] of [
    [{ id: 'properties.x' }, '/id'],
    [{ metric: '' }, '/metric'],
    [{ properties: { A: 'properties..x' } }, '/properties/A'],
    [{ properties: { A: { first: [] } } }, '/properties/A/first'],
    [{ drop: 'x' }, '/drop'],
    [7, ''],
  ] as const) {
    const refused = await owner.ask('PATCH', `${path}/settings`, {
      settings: { mappings: { 'a/b': mapping } },
    })
    expect([refused.status, refused.body.errors]).toMatchObject([
      422,
      [{ pointer: `/body/settings/mappings/a~1b${place}` }],
    ])
  }
})

test('A11 A12 nobody sees people’s details in a preview without having said why; who may not save rules tries none', async () => {
  const { server, owner, workspaceId, path } = await withOrders()
  const rules = [
    {
      ...skipTests,
      decision: 'change',
      changes: [{ type: 'set', path: 'properties.shipping_address', from: 'context.traits.email' }],
    },
  ]
  const ask = { settings: { rules } }
  const developer = await join(server.parts, owner, workspaceId, 'developer')
  for (const one of [developer, owner]) {
    const seen = JSON.stringify((await one.ask('POST', `${path}/preview`, ask)).body)
    expect(seen).toContain('TEST-3')
    expect(seen).not.toContain('ana@shop.example')
    expect(seen).not.toContain('Lane 1')
  }
  await owner.ask('POST', `/workspaces/${workspaceId}/reveal`, { reason: 'trying a rule' })
  expect(JSON.stringify((await owner.ask('POST', `${path}/preview`, ask)).body)).toContain('Lane 1')
  const trail = await owner.ask('GET', `/workspaces/${workspaceId}/audit?about=people`)
  expect(trail.body.data[0]).toMatchObject({ action: 'people.look', target: 'previews' })
  const marketer = await join(server.parts, owner, workspaceId, 'marketer')
  expect((await marketer.ask('POST', `${path}/preview`, ask)).status).toBe(403)
})
