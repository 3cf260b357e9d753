import { Type } from 'typebox'
import { strict } from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })

/** What became of events, as it is counted everywhere: the first is the sum of the others. */
export const Totals = strict({
  received: Count,
  accepted: Type.Integer({ minimum: 0, description: 'Klaviyo took them' }),
  notSent: Type.Integer({ minimum: 0, description: 'By rule, setting or lack of an identifier' }),
  failed: Type.Integer({ minimum: 0, description: 'Klaviyo refused them, or never took them' }),
  waiting: Type.Integer({ minimum: 0, description: 'On their way, held, or for their shopper' }),
})
