import type { MetricMapping } from './mapping.ts'

/** Browse abandonment starts from this metric. */
export const viewedProduct = {
  events: ['Product Viewed', 'Product Clicked', 'Viewed Product'],
  metric: 'Viewed Product',
  value: { first: ['properties.$value', 'properties.value', 'properties.revenue'] },
  currency: 'properties.currency',
  drop: ['value'],
  properties: {
    ProductName: 'properties.name',
    ProductID: 'properties.product_id',
    SKU: 'properties.sku',
    ImageURL: 'properties.image_url',
    URL: 'properties.url',
    Brand: 'properties.brand',
    Price: 'properties.price',
    CompareAtPrice: 'properties.compare_at_price',
    Categories: 'properties.categories',
  },
} as const satisfies MetricMapping

/** The same as pixels tell it. */
export const viewedContent = {
  ...viewedProduct,
  events: ['ViewContent', 'view_item'],
  object: 'event',
  id: { first: ['properties.$event_id', 'properties.event_id'] },
  properties: {
    ...viewedProduct.properties,
    ProductName: {
      first: [
        'properties.name',
        'properties.content_name',
        'properties.contents.0.name',
        'properties.items.0.item_name',
      ],
    },
    ProductID: {
      first: [
        'properties.product_id',
        'properties.content_ids.0',
        'properties.contents.0.id',
        'properties.items.0.item_id',
      ],
    },
    Price: {
      first: [
        'properties.price',
        'properties.contents.0.item_price',
        'properties.items.0.price',
        'properties.value',
      ],
    },
    Categories: { first: ['properties.categories', 'properties.content_category'] },
  },
} as const satisfies MetricMapping
