import { type Static, Type } from 'typebox'

// No `@`: an email address is no id, and nothing personal is to be kept here.
const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[^@\\p{C}]+$' })

/** What is kept of a cart, and nothing else: a field that is not named here is refused. */
export const Contents = Type.Object(
  {
    products: Type.Array(
      Type.Object(
        {
          product_id: Id,
          variant_id: Type.Optional(Id),
          quantity: Type.Integer({ minimum: 1, maximum: 9999 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
    coupon: Type.Optional(Id),
  },
  { additionalProperties: false },
)

export type Contents = Static<typeof Contents>
