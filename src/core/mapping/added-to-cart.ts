import { itemNames, items } from './line.ts'
import type { MetricMapping } from './mapping.ts'

/** Cart abandonment starts from this metric. The value is the cart's. */
export const addedToCart = {
  events: ['Product Added', 'Added to Cart'],
  metric: 'Added to Cart',
  value: { first: ['properties.$value', 'properties.value', 'properties.revenue'] },
  currency: 'properties.currency',
  drop: ['value'],
  properties: {
    AddedItemProductName: 'properties.name',
    AddedItemProductID: 'properties.product_id',
    AddedItemSKU: 'properties.sku',
    AddedItemImageURL: 'properties.image_url',
    AddedItemURL: 'properties.url',
    AddedItemPrice: 'properties.price',
    AddedItemQuantity: 'properties.quantity',
    AddedItemCategories: 'properties.categories',
    ItemNames: itemNames,
    CheckoutURL: 'properties.checkout_url',
    Items: items,
  },
} as const satisfies MetricMapping

/** The same as pixels tell it. */
export const addedContent = {
  ...addedToCart,
  events: ['AddToCart', 'add_to_cart'],
  object: 'event',
  id: { first: ['properties.$event_id', 'properties.event_id'] },
  properties: {
    ...addedToCart.properties,
    AddedItemProductName: {
      first: [
        'properties.name',
        'properties.content_name',
        'properties.contents.0.name',
        'properties.items.0.item_name',
      ],
    },
    AddedItemProductID: {
      first: [
        'properties.product_id',
        'properties.content_ids.0',
        'properties.contents.0.id',
        'properties.items.0.item_id',
      ],
    },
    AddedItemPrice: {
      first: ['properties.price', 'properties.contents.0.item_price', 'properties.items.0.price'],
    },
    AddedItemQuantity: {
      first: [
        'properties.quantity',
        'properties.contents.0.quantity',
        'properties.items.0.quantity',
      ],
    },
    AddedItemCategories: { first: ['properties.categories', 'properties.content_category'] },
  },
} as const satisfies MetricMapping
