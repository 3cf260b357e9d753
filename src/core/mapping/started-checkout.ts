import { itemNames, items } from './line.ts'
import type { MetricMapping } from './mapping.ts'

/** Checkout abandonment starts from this metric: once per checkout. */
export const startedCheckout = {
  events: [
    'Checkout Started',
    'Started Checkout',
    'InitiateCheckout',
    'BeginCheckout',
    'begin_checkout',
  ],
  metric: 'Started Checkout',
  object: 'checkout',
  id: { first: ['properties.order_id', 'properties.checkout_id', 'properties.$event_id'] },
  value: { first: ['properties.$value', 'properties.value', 'properties.revenue'] },
  currency: 'properties.currency',
  drop: ['value'],
  properties: {
    Categories: 'properties.categories',
    ItemNames: itemNames,
    CheckoutURL: 'properties.checkout_url',
    Items: items,
  },
} as const satisfies MetricMapping
