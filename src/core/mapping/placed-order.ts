import {
  orderBrands,
  orderCategories,
  orderItemNames,
  orderItems,
  productId,
  productName,
  productsOrIds,
} from './line.ts'
import type { FanOut, MetricMapping, Source } from './mapping.ts'

const orderId = {
  first: ['properties.order_id', 'properties.transaction_id', 'properties.OrderId'],
} as const satisfies Source

/** Names the order, and the order's own id over its whole life: a cancel lowers what its order had raised. */
export const order = {
  object: 'order',
  id: { first: [...orderId.first, 'properties.$event_id'] },
  value: {
    // What the customer paid goes before what the goods cost.
    first: ['properties.$value', 'properties.total', 'properties.value', 'properties.revenue'],
  },
  currency: 'properties.currency',
  drop: ['value'],
  properties: {
    OrderId: orderId,
    DiscountCode: { first: ['properties.coupon', 'properties.discount_code'] },
    DiscountValue: 'properties.discount',
    ItemNames: orderItemNames,
    Categories: orderCategories,
    Brands: orderBrands,
    Items: orderItems,
    BillingAddress: 'properties.billing_address',
    ShippingAddress: 'properties.shipping_address',
  },
} as const satisfies Omit<MetricMapping, 'metric'>

/** Segments such as "bought product X" need the product at the top level, so each line is an event too. */
const orderedProducts: FanOut = {
  metric: 'Ordered Product',
  each: productsOrIds,
  line: { first: ['line_id', 'line_item_id'] },
  key: { first: ['sku', 'variant_id', 'product_id', 'id', 'item_id', 'name'] },
  value: {
    first: [
      'total',
      { times: ['price', 'quantity'] },
      { times: ['item_price', 'quantity'] },
      'price',
      'item_price',
    ],
  },
  properties: {
    ProductID: productId,
    SKU: 'sku',
    ProductName: productName,
    Quantity: 'quantity',
    Price: { first: ['price', 'item_price', 'unit_price'] },
    ProductURL: { first: ['url', 'product_url'] },
    ImageURL: { first: ['image_url', 'image'] },
    Categories: { first: ['categories', 'category', 'item_category'] },
    ProductBrand: { first: ['brand', 'vendor', 'item_brand'] },
    RowTotal: 'total',
  },
  shared: { OrderId: orderId },
}

/** Revenue reports, predicted spend and the post-purchase flows all start from this metric. */
export const placedOrder = {
  ...order,
  events: ['Order Completed', 'Placed Order', 'Purchase'],
  metric: 'Placed Order',
  fanOut: orderedProducts,
} as const satisfies MetricMapping
