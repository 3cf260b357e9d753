import type { MetricMapping } from './mapping.ts'

/** A line of an order that the shop itself sends as an event; usually they come out of `Placed Order`. */
export const orderedProduct = {
  events: ['Ordered Product'],
  metric: 'Ordered Product',
  object: 'order',
  id: { first: ['properties.order_id', 'properties.OrderId'] },
  part: {
    first: [
      'properties.line_id',
      'properties.line_item_id',
      'properties.sku',
      'properties.SKU',
      'properties.variant_id',
      'properties.product_id',
      'properties.ProductID',
      // Lines that say nothing of themselves are not one line.
      'messageId',
    ],
  },
  value: { first: ['properties.$value', 'properties.value', 'properties.total'] },
  currency: 'properties.currency',
  drop: ['value'],
  properties: {
    OrderId: 'properties.order_id',
    ProductID: 'properties.product_id',
    SKU: 'properties.sku',
    ProductName: 'properties.name',
    Quantity: 'properties.quantity',
    Price: 'properties.price',
    ProductURL: 'properties.url',
    ImageURL: 'properties.image_url',
    Categories: 'properties.categories',
    ProductBrand: 'properties.brand',
    RowTotal: 'properties.total',
  },
} as const satisfies MetricMapping
