import { expect, test } from 'vitest'
import { connectionOf, endOf, planOf } from '../sample.suite.ts'

const marks = [{ staff: true }, { impersonated: true }]
const calls = [{ event: 'Order Completed' }, { type: 'page' }, { type: 'identify' }]

test.each(marks)('Z19 %j: nothing of it is sent unless Enable Admin Tracking is on', (context) => {
  const tracked = connectionOf('storefront', { adminTracking: true })
  for (const call of calls) {
    expect(endOf(planOf({ ...call, context }))).toBe('staff_traffic')
    expect(endOf(planOf({ ...call, context }, tracked))).toBeUndefined()
  }
})

test('Z19 only a plain yes counts: shoppers are not taken for staff', () => {
  for (const context of [
    { staff: false },
    { staff: 'true' },
    { impersonated: null },
    {},
    null,
    'staff',
  ]) {
    expect(endOf(planOf({ event: 'Order Completed', context }))).toBeUndefined()
  }
})
