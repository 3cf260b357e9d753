import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, Name, strict } from './shapes.ts'

export const Domain = Type.String({
  minLength: 1,
  maxLength: 260,
  pattern: '^[^\\s/?#@:]{1,253}(:[0-9]{1,5})?$',
  description: 'As shop.example; with a port where it has one',
})
export const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166, as DE' })
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217, as EUR' })

export const StoreKey = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' })
export const CartUrl = Type.String({
  maxLength: 2000,
  description: 'Where the shop puts a cart together again; holds `{token}`',
})
export const TimeZone = Type.String({
  maxLength: 64,
  pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$',
  description: 'IANA, as `Europe/Berlin`: people see times by that clock. UTC unless told',
})

const Store = strict({
  id: Id,
  name: Type.String(),
  key: Type.String({ description: 'Begins unique ids; fixed, or orders would count twice' }),
  domain: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  currency: Type.Optional(Type.String()),
  cartUrl: Type.Optional(Type.String()),
  timeZone: Type.String(),
})

const base = '/workspaces/:workspaceId/stores'

export const listStores = operation({
  id: 'listStores',
  method: 'GET',
  path: base,
  may: 'read',
  summary: 'The stores',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Store) }),
})

export const createStore = operation({
  id: 'createStore',
  method: 'POST',
  path: base,
  may: 'develop',
  summary: 'Add a store',
  params: InWorkspace,
  body: strict({
    name: Name,
    key: Type.Optional(StoreKey),
    domain: Type.Optional(Domain),
    country: Type.Optional(Country),
    currency: Type.Optional(Currency),
    cartUrl: Type.Optional(CartUrl),
    timeZone: Type.Optional(TimeZone),
  }),
  answer: Store,
  status: 201,
})

export const changeStore = operation({
  id: 'changeStore',
  method: 'PATCH',
  path: `${base}/:storeId`,
  may: 'develop',
  summary: 'Change a store; its key stays',
  params: strict({ workspaceId: Id, storeId: Id }),
  body: strict({
    name: Type.Optional(Name),
    domain: Type.Optional(Domain),
    country: Type.Optional(Country),
    currency: Type.Optional(Currency),
    cartUrl: Type.Optional(CartUrl),
    timeZone: Type.Optional(TimeZone),
  }),
  answer: Store,
})
