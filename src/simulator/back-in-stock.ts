import type { Answer, Call } from './call.ts'
import { empty, type Handler } from './call.ts'
import { itemKind, variantKind } from './catalogs.ts'
import { type ErrorObject, invalid, notFound, Refusal } from './errors.ts'
import { recordOwnEvent } from './events.ts'
import type { JsonObject } from './json.ts'
import { checkPerson, hasIdentifier, noIdentifier, resolvePerson } from './person.ts'
import { idIn, tableOf } from './records.ts'

export const backInStockHandlers: { readonly [operation: string]: Handler } = {
  create_back_in_stock_subscription: subscribe,
  create_client_back_in_stock_subscription: subscribe,
}

/** The variant has to be in the API's catalog; the wish is kept on the person's timeline. */
function subscribe(call: Call): Answer {
  const { attributes, relationships } = (
    call.body as {
      data: {
        attributes: {
          channels: readonly string[]
          profile?: { data: { id?: string | null; attributes: JsonObject } } | null
        }
        relationships: { variant: unknown }
      }
    }
  ).data
  const variantId = idIn(relationships.variant) ?? ''
  const variant = tableOf(call, variantKind).get(variantId)
  if (variant === undefined) throw notFound('catalog-variant', variantId)
  if (attributes.channels.length === 0) {
    throw invalid('At least one channel is required.', '/data/attributes/channels')
  }
  const person = attributes.profile?.data ?? { attributes: {} }
  const pointer = '/data/attributes/profile/data/attributes'
  const errors: ErrorObject[] = []
  checkPerson(person.attributes, pointer, errors)
  if (!hasIdentifier(person)) errors.push(noIdentifier(pointer))
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    const profile = resolvePerson(call.account, person, call.now)
    const item = tableOf(call, itemKind).get(variant.related['item']?.[0] ?? '')
    recordOwnEvent(call.account, profile, 'Subscribed to Back in Stock', call.now, {
      VariantId: variant.attributes['external_id'] ?? null,
      VariantName: variant.attributes['title'] ?? null,
      ProductId: item?.attributes['external_id'] ?? null,
      ProductName: item?.attributes['title'] ?? null,
    })
  })
  return empty(202)
}
