import type { MetricMapping } from './mapping.ts'

/** What a person does with an account or a recurring order. */
export const loggedIn = {
  events: ['Logged In', 'Signed In', 'Login', 'User Logged In'],
  metric: 'Logged In',
  properties: { PageURL: 'context.page.url' },
} as const satisfies MetricMapping

export const createdAccount = {
  events: ['Created Account', 'Account Created', 'Signed Up', 'CompleteRegistration', 'sign_up'],
  metric: 'Created Account',
  properties: { PageURL: 'context.page.url' },
} as const satisfies MetricMapping

const contract = {
  object: 'subscription',
  id: 'properties.subscription_id',
  value: { first: ['properties.total', 'properties.value', 'properties.revenue'] },
  currency: 'properties.currency',
  drop: ['value'],
  properties: { SubscriptionID: 'properties.subscription_id' },
} as const

export const subscriptionStarted = {
  ...contract,
  events: ['Subscription Started'],
  metric: 'Subscription Started',
} as const satisfies MetricMapping

/** Every renewal counts, by its order. */
export const subscriptionRenewed = {
  ...contract,
  events: ['Subscription Renewed'],
  metric: 'Subscription Renewed',
  id: { first: ['properties.order_id', 'properties.renewal_id'] },
} as const satisfies MetricMapping

export const subscriptionCancelled = {
  ...contract,
  events: ['Subscription Cancelled', 'Subscription Canceled'],
  metric: 'Subscription Cancelled',
  properties: { ...contract.properties, Reason: 'properties.reason' },
} as const satisfies MetricMapping
