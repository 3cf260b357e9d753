import type { Properties, Source } from './mapping.ts'

/** Where events list their products: Segment's name, its old one, and the pixels'. `content_ids` is bare ids. */
export const products = {
  first: [
    'properties.products',
    { path: 'properties.items', note: 'deprecated_items' },
    'properties.contents',
    'properties.line_items',
  ],
} as const satisfies Source

/** Pixels may list nothing but the ids of what was ordered. */
export const productsOrIds = {
  first: [...products.first, 'properties.content_ids'],
} as const satisfies Source

export const productId: Source = { first: ['product_id', 'id', 'item_id', 'content_id'] }
export const productName: Source = { first: ['name', 'item_name', 'title', 'content_name'] }
const price: Source = { first: ['price', 'item_price', 'unit_price'] }
const url: Source = { first: ['url', 'product_url'] }
const image: Source = { first: ['image_url', 'image'] }
const categories: Source = { first: ['categories', 'category', 'item_category'] }

/** One entry of `Items`. Klaviyo's guide says `ItemPrice` and `ProductURL`, its templates also read the short names. */
export const line: Properties = {
  ProductID: productId,
  SKU: 'sku',
  ProductName: productName,
  Quantity: 'quantity',
  Price: price,
  ItemPrice: price,
  RowTotal: 'total',
  URL: url,
  ProductURL: url,
  ImageURL: image,
  ProductCategories: categories,
}

/** An order's entries also carry the names that the guide has for orders. */
export const orderLine: Properties = {
  ...line,
  Categories: categories,
  Brand: { first: ['brand', 'vendor', 'item_brand'] },
}

export const items: Source = { each: products, take: line }
export const orderItems: Source = { each: productsOrIds, take: orderLine }
export const itemNames: Source = {
  first: ['properties.item_names', { each: products, take: 'name' }],
}
export const orderItemNames: Source = {
  first: [
    'properties.item_names',
    { each: products, take: { first: ['name', 'item_name', 'title'] } },
  ],
}
export const orderCategories: Source = {
  first: [
    'properties.categories',
    { each: products, take: { first: ['categories', 'category'] }, distinct: true },
  ],
}
export const orderBrands: Source = {
  first: [
    'properties.brands',
    { each: products, take: { first: ['brand', 'vendor'] }, distinct: true },
  ],
}
