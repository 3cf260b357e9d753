import { describe, expect, test } from 'vitest'
import {
  actionsOf,
  connectionOf,
  endOf,
  eventsOf,
  happenedAt,
  planOf,
  sent,
} from '../sample.suite.ts'
import { tryOnMappings } from './try-on.ts'

const tryOn = connectionOf('try-on')

const product = {
  productId: 'p-1',
  productVariantId: 'v-1',
  productTitle: 'Linen shirt',
  productUrl: 'https://acme.example/p/1',
  productImageUrl: 'https://acme.example/p/1.jpg',
}
const run = { tryonRunId: 'run-7', tryonImageUrl: 'https://acme.example/t/7.jpg' }

function groupsOf(event: string, properties: Record<string, unknown> = {}): object[] {
  const [action] = eventsOf(planOf({ event, properties }, tryOn))
  return [...(action?.profile.groups ?? [])]
}

describe('try-on: which events', () => {
  test.each([
    ['T20', 'Try-On Generated', 'Generated OnYou TryOn'],
    ['T21', 'Try-On Product Viewed', 'Tolstoy Last Product Viewed'],
    ['T22', 'Try-On Completed', 'OnYou Tryon Completed'],
    ['T23', 'Follow-Up Try-On Generated', 'OnYou Followup Tryon'],
    ['T24', 'In-Store Try-On Completed', 'Generated In-Store TryOn'],
    ['T25', 'Try-On Requested by Email', 'Requested TryOn to Email'],
  ])('T20-T25 (%s) %s, or the metric itself, becomes %s', (_, name, metric) => {
    expect(sent(name, {}, tryOn).metric).toBe(metric)
    expect(sent(metric, {}, tryOn).metric).toBe(metric)
  })

  test('C9 other events of the shop are left to its own integration', () => {
    expect(endOf(planOf({ event: 'Product Viewed' }, tryOn))).toBe('no_rule')
  })

  test('C9 in another preset a view in the try-on experience and a view of the page are two metrics', () => {
    const metrics = ['Try-On Product Viewed', 'Product Viewed'].map((event) =>
      eventsOf(planOf({ event }, connectionOf('storefront'))).map(({ metric }) => metric),
    )
    expect(metrics).toEqual([['Tolstoy Last Product Viewed'], ['Viewed Product']])
  })
})

describe('try-on: who gets an event', () => {
  const guest = { anonymousId: 'a-1' }

  test.each(tryOnMappings.map(({ metric }) => metric))(
    'T14 T18 C1 %s goes out only with an email address, whatever the policy',
    (event) => {
      for (const preset of ['try-on', 'stream', 'platform', 'storefront'] as const) {
        for (const identifiers of [{ phone: '+4915112345678' }, { externalId: '7' }]) {
          const plan = planOf({ event }, connectionOf(preset), { identifiers })
          expect(endOf(plan)).toBe('no_identifier')
        }
      }
    },
  )

  test('T14 an address that is none is said to be none', () => {
    const raw = { event: 'Try-On Generated', context: { traits: { email: 'ana@' } } }
    expect(endOf(planOf(raw, tryOn, { identifiers: { externalId: '7' } }))).toBe('invalid_email')
  })

  test('T18 C1 a guest waits where guests wait, also where guests otherwise go at once', () => {
    const raw = { event: 'Try-On Generated' }
    const at = (differences: object): string | undefined =>
      endOf(planOf(raw, connectionOf('storefront', differences), { identifiers: guest }))
    expect(at({})).toBe('anonymous_waiting')
    expect(at({ sendGuestsAtOnce: true })).toBe('anonymous_waiting')
    expect(endOf(planOf(raw, tryOn, { identifiers: guest }))).toBe('no_identifier')
  })

  test('T39 T40 T41 the profile has the email and, where known, the names', () => {
    const raw = {
      event: 'Try-On Generated',
      context: { traits: { firstName: 'Ana', last_name: 'Costa' } },
    }
    expect(eventsOf(planOf(raw, tryOn))[0]!.profile).toMatchObject({
      identifiers: { email: 'ana@shop.example' },
      attributes: { first_name: 'Ana', last_name: 'Costa' },
    })
    expect(eventsOf(planOf({ event: 'Try-On Generated' }, tryOn))[0]!.profile).not.toHaveProperty(
      'attributes',
    )
  })
})

describe('try-on: properties of the event', () => {
  test.each([
    ['T28', 'productId', 'product_id', 'p-1'],
    ['T29', 'productVariantId', 'variant_id', 'v-1'],
    ['T30', 'productTitle', 'name', 'Linen shirt'],
    ['T31', 'productUrl', 'url', 'https://acme.example/p/1'],
    ['T32', 'productImageUrl', 'image_url', 'https://acme.example/p/1.jpg'],
    ['T33', 'tryonImageUrl', 'tryon_image_url', 'https://acme.example/t/7.jpg'],
    ['T34', 'tryonUrl', 'tryon_url', 'https://acme.example/t/7.jpg'],
    ['T35', 'tryonRunId', 'tryon_run_id', 'run-7'],
    ['T36', 'campaignType', 'campaign_type', 'weekly_recommendations'],
    ['T37', 'isAutomatedCampaign', 'is_automated_campaign', false],
    ['T38', 'originalProductId', 'original_product_id', 'p-0'],
  ])('T28-T38 (%s) %s, also from %s', (_, name, other, value) => {
    for (const given of [name, other]) {
      expect(sent('Try-On Generated', { [given]: value }, tryOn).properties).toEqual({
        storeDomain: 'acme.example',
        [name]: value,
      })
    }
  })

  test('T27 storeDomain is the store’s, unless the event names one', () => {
    const withOwn = sent('Try-On Generated', { storeDomain: 'eu.acme.example' }, tryOn)
    expect(withOwn.properties).toEqual({ storeDomain: 'eu.acme.example' })
    const { domain: _, ...nowhere } = tryOn.store
    const without = sent('Try-On Generated', { productId: 'p-1' }, { ...tryOn, store: nowhere })
    expect(without.properties).toEqual({ productId: 'p-1' })
  })

  test('T28 T30 what stands in `product` is read as well', () => {
    const properties = { product: { id: 'p-1', title: 'Linen shirt' } }
    expect(sent('Try-On Generated', properties, tryOn).properties).toMatchObject({
      productId: 'p-1',
      productTitle: 'Linen shirt',
    })
  })

  test('T26 none of them is sent as an object, a list or empty', () => {
    const odd = { productId: { id: 1 }, productTitle: '', tryonImageUrl: ['u'], tryonRunId: null }
    expect(sent('Try-On Generated', odd, tryOn).properties).toEqual({ storeDomain: 'acme.example' })
  })

  test('T34 T37 T58 a follow-up says that it is automated, and its picture goes by the campaign’s name', () => {
    const followup = { ...product, ...run, campaignType: 'weekly_recommendations' }
    expect(sent('Follow-Up Try-On Generated', followup, tryOn).properties).toEqual({
      ...followup,
      storeDomain: 'acme.example',
      tryonUrl: run.tryonImageUrl,
      isAutomatedCampaign: true,
    })
  })

  test('M4 a run counts once a metric, however often it is told; a request counts each time', () => {
    expect(sent('Try-On Generated', run, tryOn).uniqueId).toBe('acme:tryon:run-7')
    expect(sent('Try-On Completed', run, tryOn).uniqueId).toBe('acme:tryon:run-7')
    expect(sent('Try-On Requested by Email', run, tryOn).uniqueId).toBe('m-1')
  })
})

describe('try-on: the profile’s latest details', () => {
  const time = new Date(happenedAt).toISOString()
  const lastTryon = {
    name: 'tryon',
    keep: 'latest',
    properties: {
      lastTryonImageUrl: run.tryonImageUrl,
      lastTryonProductId: product.productId,
      lastTryonProductTitle: product.productTitle,
      lastTryonProductUrl: product.productUrl,
      lastTryonProductImageUrl: product.productImageUrl,
    },
  }

  test('T43 a completed try-on moves them, and when it was completed', () => {
    expect(groupsOf('Try-On Completed', { ...product, ...run })).toEqual([
      lastTryon,
      { name: 'tryon_completed', keep: 'latest', properties: { lastTryonCompletedAt: time } },
    ])
  })

  test('T43 a generated one moves them when it has a picture; a request by email moves nothing', () => {
    expect(groupsOf('Try-On Generated', { ...product, ...run })).toEqual([lastTryon])
    expect(groupsOf('Try-On Generated', product)).toEqual([])
    expect(groupsOf('Try-On Generated', { ...product, tryonImageUrl: '' })).toEqual([])
    expect(groupsOf('Try-On Requested by Email', { ...product, ...run })).toEqual([])
  })

  test('T44 an in-store try-on moves its own', () => {
    expect(groupsOf('In-Store Try-On Completed', { ...product, ...run })).toEqual([
      {
        name: 'in_store_tryon',
        keep: 'latest',
        properties: {
          lastInStoreTryonImageUrl: run.tryonImageUrl,
          lastInStoreTryonProductId: product.productId,
          lastInStoreTryonProductTitle: product.productTitle,
          lastInStoreTryonProductUrl: product.productUrl,
          lastInStoreTryonProductImageUrl: product.productImageUrl,
        },
      },
    ])
  })

  test('T45 a view moves its own; what the newest view does not have is cleared, not left from an older one', () => {
    const { productUrl: _, ...noUrl } = product
    expect(groupsOf('Try-On Product Viewed', noUrl)).toEqual([
      {
        name: 'viewed',
        keep: 'latest',
        properties: {
          lastViewedProductId: product.productId,
          lastViewedProductTitle: product.productTitle,
          lastViewedProductUrl: null,
          lastViewedProductImageUrl: product.productImageUrl,
        },
      },
    ])
  })

  test('T46 a follow-up moves its own, with its time', () => {
    expect(groupsOf('Follow-Up Try-On Generated', { ...product, ...run })).toEqual([
      {
        name: 'followup',
        keep: 'latest',
        properties: {
          lastFollowupTryonImageUrl: run.tryonImageUrl,
          lastFollowupTryonProductId: product.productId,
          lastFollowupTryonProductTitle: product.productTitle,
          lastFollowupTryonProductUrl: product.productUrl,
          lastFollowupTryonProductImageUrl: product.productImageUrl,
          lastFollowupTryonGeneratedAt: time,
        },
      },
    ])
  })

  test('T47 the profile’s id at Klaviyo, where an event brings it', () => {
    for (const { metric } of tryOnMappings) {
      expect(groupsOf(metric, { klaviyoProfileId: '01ABC' })).toContainEqual({
        name: 'klaviyo_profile',
        keep: 'latest',
        properties: { klaviyoProfileId: '01ABC' },
      })
    }
  })

  test('T48 no kind of event sets the details of another kind', () => {
    const beginnings = new Map([
      ['Tolstoy Last Product Viewed', ['lastViewed']],
      ['Generated OnYou TryOn', ['lastTryon']],
      ['OnYou Tryon Completed', ['lastTryon']],
      ['OnYou Followup Tryon', ['lastFollowup']],
      ['Generated In-Store TryOn', ['lastInStore']],
      ['Requested TryOn to Email', []],
    ])
    for (const { metric } of tryOnMappings) {
      const groups = groupsOf(metric, { ...product, ...run }) as { properties: object }[]
      for (const name of groups.flatMap(({ properties }) => Object.keys(properties))) {
        expect(beginnings.get(metric)!.some((start) => name.startsWith(start))).toBe(true)
      }
    }
  })

  test('T7 C15 nothing of it needs more than the right to write events', () => {
    const scopes = new Set(['events:write'])
    const raw = { event: 'Try-On Completed', properties: { ...product, ...run } }
    const actions = actionsOf(planOf(raw, tryOn, {}, scopes))
    expect(actions.map(({ type }) => type)).toEqual(['event'])
  })
})
