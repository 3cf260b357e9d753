export { startForwarding } from './forward.ts'
export { startDelivery } from './start.ts'
export type { DeliveryOptions } from './options.ts'
