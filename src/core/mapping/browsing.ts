import { itemNames, items } from './line.ts'
import type { MetricMapping } from './mapping.ts'
import { addedToCart } from './added-to-cart.ts'
import { viewedProduct } from './viewed-product.ts'

const amount = {
  value: { first: ['properties.$value', 'properties.value', 'properties.revenue'] },
  currency: 'properties.currency',
  drop: ['value'],
} as const

/** What a shopper does on the way to a cart, beside looking at products. */
export const activeOnSite = {
  events: ['Active on Site'],
  metric: 'Active on Site',
  // Once a session: a guest's view counts with the one after the login.
  object: 'session',
  id: 'context.session.id',
  properties: {
    PageURL: { first: ['properties.url', 'context.page.url'] },
    PageTitle: { first: ['properties.title', 'context.page.title'] },
  },
} as const satisfies MetricMapping

export const searchedSite = {
  events: ['Products Searched', 'Searched Site', 'Submitted Search', 'Search'],
  metric: 'Searched Site',
  properties: {
    SearchQuery: {
      first: ['properties.query', 'properties.search_string', 'properties.search_term'],
    },
    Items: items,
  },
} as const satisfies MetricMapping

export const viewedCategory = {
  events: ['Product List Viewed', 'Viewed Category', 'ViewCategory', 'view_item_list'],
  metric: 'Viewed Category',
  properties: {
    CategoryName: {
      first: ['properties.category', 'properties.item_list_name', 'properties.content_category'],
    },
    CategoryID: { first: ['properties.list_id', 'properties.item_list_id'] },
    ItemNames: itemNames,
    Items: items,
  },
} as const satisfies MetricMapping

export const viewedCart = {
  ...amount,
  events: ['Cart Viewed', 'Viewed Cart', 'view_cart'],
  metric: 'Viewed Cart',
  properties: { CheckoutURL: 'properties.checkout_url', ItemNames: itemNames, Items: items },
} as const satisfies MetricMapping

export const removedFromCart = {
  ...amount,
  events: ['Product Removed', 'Removed from Cart', 'RemoveFromCart', 'remove_from_cart'],
  metric: 'Removed from Cart',
  properties: {
    ...viewedProduct.properties,
    Quantity: 'properties.quantity',
    ItemNames: addedToCart.properties.ItemNames,
    CheckoutURL: 'properties.checkout_url',
    Items: items,
  },
} as const satisfies MetricMapping

export const addedToWishlist = {
  ...amount,
  events: ['Product Added to Wishlist', 'Added to Wishlist', 'AddToWishlist', 'add_to_wishlist'],
  metric: 'Added to Wishlist',
  properties: viewedProduct.properties,
} as const satisfies MetricMapping

export const appliedCoupon = {
  ...amount,
  events: ['Coupon Applied', 'Applied Coupon'],
  metric: 'Applied Coupon',
  properties: {
    DiscountCode: {
      first: ['properties.coupon', 'properties.coupon_name', 'properties.coupon_id'],
    },
    DiscountValue: 'properties.discount',
  },
} as const satisfies MetricMapping

export const reviewedProduct = {
  events: ['Product Reviewed', 'Reviewed Product'],
  metric: 'Reviewed Product',
  object: 'review',
  id: 'properties.review_id',
  properties: {
    ...viewedProduct.properties,
    Rating: 'properties.rating',
    ReviewBody: { first: ['properties.review_body', 'properties.review'] },
  },
} as const satisfies MetricMapping

export const subscribedToBackInStock = {
  events: ['Subscribed to Back in Stock', 'Back in Stock Subscribed'],
  metric: 'Subscribed to Back in Stock',
  properties: viewedProduct.properties,
} as const satisfies MetricMapping
