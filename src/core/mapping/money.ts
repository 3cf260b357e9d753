import type { Json, JsonObject } from '../event.ts'
import { isObject } from '../json.ts'
import type { Settings, Store } from '../settings.ts'
import { amountOf, currencyOf, roundedTo } from './amount.ts'
import type { Notes } from './fit.ts'

interface Money {
  readonly value?: number
  readonly currency?: string
}

/** What an event, or a line of it, is worth to Klaviyo. `from`: where the amount stands, with what is said beside it. */
export type ReadMoney = (
  given: { readonly amount: unknown; readonly currency: string | undefined },
  from: JsonObject,
  event: JsonObject,
  notes: Notes,
) => Money

/**
 * Klaviyo adds up amounts and converts none, so a shop that sells in several currencies chooses (M5): what the
 * shopper saw, or the same in the store's currency, where the event says it: `shop_money` beside the amount
 * (`{ amount, currency }`), or the `exchange_rate` from the shopper's currency to the store's.
 */
export function moneyReader({ amounts }: Settings, store: Store): ReadMoney {
  if (amounts === 'shopper')
    return ({ amount, currency }, _from, _event, notes) => moneyOf(amount, currency, notes)
  return ({ amount, currency }, from, event, notes) => {
    const money = moneyOf(amount, currency, notes)
    if (money.value === undefined) return money
    const shop = shopMoneyIn(from['shop_money'], store)
    if (shop !== undefined) return shop
    if (store.currency === undefined || currency === store.currency) return money
    const rate = amountOf(from['exchange_rate'] ?? event['exchange_rate'])
    if (rate !== undefined && rate > 0 && currency !== undefined) {
      return {
        value: roundedTo(money.value * rate, store.currency),
        currency: store.currency,
      }
    }
    if (currency !== undefined) notes.add('currency_not_store')
    return money
  }
}

function shopMoneyIn(given: Json | undefined, store: Store): Money | undefined {
  if (!isObject(given)) return undefined
  const amount = amountOf(given['amount'])
  const currency = currencyOf(given['currency'] ?? given['currency_code']) ?? store.currency
  if (amount === undefined || currency === undefined) return undefined
  return { value: roundedTo(amount, currency), currency }
}

function moneyOf(given: unknown, currency: string | undefined, notes: Notes): Money {
  if (given === undefined || given === '') return nothing
  const amount = amountOf(given)
  if (amount === undefined) {
    notes.add('value_left_out')
    return nothing
  }
  const value = roundedTo(amount, currency)
  return currency === undefined ? { value } : { value, currency }
}

const nothing: Money = {}
