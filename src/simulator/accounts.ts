import type { Account } from './account.ts'
import type { Call, Handler } from './call.ts'
import { notFound } from './errors.ts'
import { showAll, showOne, type Resource, resource } from './resource.ts'

export const accountHandlers: { readonly [operation: string]: Handler } = {
  get_accounts: (call) => showAll(call, [accountResource(call, call.account)]),
  get_account: (call) => {
    const id = call.params['id'] ?? ''
    if (id !== call.account.id) throw notFound('account', id)
    return showOne(call, 200, accountResource(call, call.account))
  },
}

function accountResource(call: Call, account: Account): Resource {
  return resource(call, {
    type: 'account',
    id: account.id,
    path: '/api/accounts',
    attributes: {
      test_account: true,
      contact_information: {
        default_sender_name: account.name,
        default_sender_email: 'hello@store.example',
        website_url: 'https://store.example',
        organization_name: account.name,
        street_address: {
          address1: '1 Market Street',
          address2: '',
          city: 'Boston',
          region: 'MA',
          country: 'United States',
          zip: '02110',
        },
      },
      industry: 'Ecommerce',
      timezone: account.timezone,
      preferred_currency: account.currency,
      public_api_key: account.id,
      locale: 'en-US',
    },
  })
}
