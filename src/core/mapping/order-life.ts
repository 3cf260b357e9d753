import type { MetricMapping } from './mapping.ts'
import { order } from './placed-order.ts'

/** What becomes of an order after it was placed. */
export const paidOrder = {
  ...order,
  events: ['Order Paid', 'Paid Order'],
  metric: 'Paid Order',
} as const satisfies MetricMapping

export const fulfilledOrder = {
  ...order,
  events: ['Order Fulfilled', 'Fulfilled Order'],
  metric: 'Fulfilled Order',
} as const satisfies MetricMapping

/** An order may be fulfilled in several parts, all of which count. */
export const fulfilledPartialOrder = {
  ...order,
  events: ['Order Partially Fulfilled', 'Fulfilled Partial Order'],
  metric: 'Fulfilled Partial Order',
  part: { first: ['properties.fulfillment_id', 'properties.shipment_id', 'messageId'] },
} as const satisfies MetricMapping

export const confirmedShipment = {
  ...order,
  events: ['Order Shipped', 'Shipment Confirmed', 'Confirmed Shipment'],
  metric: 'Confirmed Shipment',
  part: { first: ['properties.shipment_id', 'properties.tracking_number'] },
} as const satisfies MetricMapping

export const deliveredShipment = {
  ...order,
  events: ['Order Delivered', 'Shipment Delivered', 'Delivered Shipment'],
  metric: 'Delivered Shipment',
  part: { first: ['properties.shipment_id', 'properties.tracking_number'] },
} as const satisfies MetricMapping

export const cancelledOrder = {
  ...order,
  events: ['Order Cancelled', 'Order Canceled', 'Cancelled Order', 'Canceled Order'],
  metric: 'Cancelled Order',
  properties: {
    ...order.properties,
    Reason: { first: ['properties.reason', 'properties.cancel_reason'] },
  },
} as const satisfies MetricMapping

/** A refund of its own (`refund_id`) is one of several of its order: each is kept. */
export const refundedOrder = {
  ...order,
  events: ['Order Refunded', 'Refunded Order', 'Refund'],
  metric: 'Refunded Order',
  part: 'properties.refund_id',
  properties: {
    ...order.properties,
    Reason: { first: ['properties.reason', 'properties.refund_reason'] },
  },
} as const satisfies MetricMapping
