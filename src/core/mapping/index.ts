import {
  createdAccount,
  loggedIn,
  subscriptionCancelled,
  subscriptionRenewed,
  subscriptionStarted,
} from './account.ts'
import { addedContent, addedToCart } from './added-to-cart.ts'
import {
  activeOnSite,
  addedToWishlist,
  appliedCoupon,
  removedFromCart,
  reviewedProduct,
  searchedSite,
  subscribedToBackInStock,
  viewedCart,
  viewedCategory,
} from './browsing.ts'
import type { MetricMapping } from './mapping.ts'
import {
  cancelledOrder,
  confirmedShipment,
  deliveredShipment,
  fulfilledOrder,
  fulfilledPartialOrder,
  paidOrder,
  refundedOrder,
} from './order-life.ts'
import { orderedProduct } from './ordered-product.ts'
import { placedOrder } from './placed-order.ts'
import { startedCheckout } from './started-checkout.ts'
import { tryOnMappings } from './try-on.ts'
import { viewedContent, viewedProduct } from './viewed-product.ts'

/** Every mapping that comes with the product. */
export const mappings: readonly MetricMapping[] = [
  viewedProduct,
  viewedContent,
  addedToCart,
  addedContent,
  startedCheckout,
  placedOrder,
  orderedProduct,
  paidOrder,
  fulfilledOrder,
  fulfilledPartialOrder,
  confirmedShipment,
  deliveredShipment,
  cancelledOrder,
  refundedOrder,
  activeOnSite,
  searchedSite,
  viewedCategory,
  viewedCart,
  removedFromCart,
  addedToWishlist,
  appliedCoupon,
  reviewedProduct,
  subscribedToBackInStock,
  loggedIn,
  createdAccount,
  subscriptionStarted,
  subscriptionRenewed,
  subscriptionCancelled,
  ...tryOnMappings,
]

/** How event names are compared (R26). */
export function sameName(name: string): string {
  return name.trim().toLowerCase()
}
