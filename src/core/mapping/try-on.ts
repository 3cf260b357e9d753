import type { GroupMapping, MetricMapping, Properties, Source } from './mapping.ts'

/**
 * Virtual try-on. The metrics and property names are those that shops' flows, segments and templates are
 * already built on, so they stay as they are; the source events go by readable names as well.
 */

/** Under the metric's own name, Segment's way of writing it, or inside `product`. */
const product = {
  productId: { first: ['properties.productId', 'properties.product_id', 'properties.product.id'] },
  productVariantId: {
    first: [
      'properties.productVariantId',
      'properties.product_variant_id',
      'properties.variantId',
      'properties.variant_id',
      'properties.product.variant_id',
    ],
  },
  productTitle: {
    first: [
      'properties.productTitle',
      'properties.product_title',
      'properties.title',
      'properties.name',
      'properties.product.title',
      'properties.product.name',
    ],
  },
  productUrl: {
    first: [
      'properties.productUrl',
      'properties.product_url',
      'properties.url',
      'properties.product.url',
    ],
  },
  productImageUrl: {
    first: [
      'properties.productImageUrl',
      'properties.product_image_url',
      'properties.image_url',
      'properties.product.image_url',
    ],
  },
} as const satisfies Properties

const image = {
  first: ['properties.tryonImageUrl', 'properties.tryon_image_url'],
} as const satisfies Source
const url = { first: ['properties.tryonUrl', 'properties.tryon_url'] } as const satisfies Source
const run = {
  first: ['properties.tryonRunId', 'properties.tryon_run_id'],
} as const satisfies Source

const tryOn = {
  needs: 'email',
  plain: true,
  properties: {
    storeDomain: {
      first: ['properties.storeDomain', 'properties.store_domain', { store: 'domain' }],
    },
    ...product,
    tryonImageUrl: image,
    tryonUrl: url,
    tryonRunId: run,
    campaignType: { first: ['properties.campaignType', 'properties.campaign_type'] },
    isAutomatedCampaign: {
      first: ['properties.isAutomatedCampaign', 'properties.is_automated_campaign'],
    },
    originalProductId: {
      first: ['properties.originalProductId', 'properties.original_product_id'],
    },
  },
} as const satisfies Omit<MetricMapping, 'metric'>

/** Runs are counted apart for each metric, so one id serves all that happens to a run. */
const oneRun = { object: 'tryon', id: run } as const

/** Whatever brings the profile's id at Klaviyo along. */
const klaviyoProfile = {
  name: 'klaviyo_profile',
  keep: 'latest',
  properties: {
    klaviyoProfileId: {
      first: ['properties.klaviyoProfileId', 'properties.klaviyo_profile_id'],
    },
  },
} as const satisfies GroupMapping

/** The shopper's latest picture, from whichever event made it last. */
const lastTryon = {
  name: 'tryon',
  keep: 'latest',
  properties: {
    lastTryonImageUrl: image,
    lastTryonProductId: product.productId,
    lastTryonProductTitle: product.productTitle,
    lastTryonProductUrl: product.productUrl,
    lastTryonProductImageUrl: product.productImageUrl,
  },
} as const satisfies GroupMapping

const generatedTryOn = {
  ...tryOn,
  ...oneRun,
  events: ['Generated OnYou TryOn', 'Try-On Generated'],
  metric: 'Generated OnYou TryOn',
  profile: [{ ...lastTryon, when: image }, klaviyoProfile],
} as const satisfies MetricMapping

/** A view in the try-on experience; a view of the product's page is `Viewed Product` (C9). */
const lastProductViewed = {
  ...tryOn,
  events: ['Tolstoy Last Product Viewed', 'Try-On Product Viewed'],
  metric: 'Tolstoy Last Product Viewed',
  profile: [
    {
      name: 'viewed',
      keep: 'latest',
      properties: {
        lastViewedProductId: product.productId,
        lastViewedProductTitle: product.productTitle,
        lastViewedProductUrl: product.productUrl,
        lastViewedProductImageUrl: product.productImageUrl,
      },
    },
    klaviyoProfile,
  ],
} as const satisfies MetricMapping

const completedTryOn = {
  ...tryOn,
  ...oneRun,
  events: ['OnYou Tryon Completed', 'Try-On Completed'],
  metric: 'OnYou Tryon Completed',
  profile: [
    lastTryon,
    // By itself: a picture may have been generated after the latest that was completed.
    { name: 'tryon_completed', keep: 'latest', properties: {}, at: 'lastTryonCompletedAt' },
    klaviyoProfile,
  ],
} as const satisfies MetricMapping

/** An automated campaign's: its templates read `tryonUrl`. */
const followupTryOn = {
  ...tryOn,
  ...oneRun,
  events: ['OnYou Followup Tryon', 'Follow-Up Try-On Generated'],
  metric: 'OnYou Followup Tryon',
  properties: {
    ...tryOn.properties,
    tryonUrl: { first: [...url.first, image] },
    isAutomatedCampaign: {
      first: [...tryOn.properties.isAutomatedCampaign.first, { constant: true }],
    },
  },
  profile: [
    {
      name: 'followup',
      keep: 'latest',
      properties: {
        lastFollowupTryonImageUrl: { first: [url, image] },
        lastFollowupTryonProductId: product.productId,
        lastFollowupTryonProductTitle: product.productTitle,
        lastFollowupTryonProductUrl: product.productUrl,
        lastFollowupTryonProductImageUrl: product.productImageUrl,
      },
      at: 'lastFollowupTryonGeneratedAt',
    },
    klaviyoProfile,
  ],
} as const satisfies MetricMapping

const inStoreTryOn = {
  ...tryOn,
  ...oneRun,
  events: ['Generated In-Store TryOn', 'In-Store Try-On Completed'],
  metric: 'Generated In-Store TryOn',
  profile: [
    {
      name: 'in_store_tryon',
      keep: 'latest',
      properties: {
        lastInStoreTryonImageUrl: image,
        lastInStoreTryonProductId: product.productId,
        lastInStoreTryonProductTitle: product.productTitle,
        lastInStoreTryonProductUrl: product.productUrl,
        lastInStoreTryonProductImageUrl: product.productImageUrl,
      },
    },
    klaviyoProfile,
  ],
} as const satisfies MetricMapping

/** The same picture may be asked for twice: each call counts. */
const requestedByEmail = {
  ...tryOn,
  events: ['Requested TryOn to Email', 'Try-On Requested by Email'],
  metric: 'Requested TryOn to Email',
  profile: [klaviyoProfile],
} as const satisfies MetricMapping

export const tryOnMappings: readonly MetricMapping[] = [
  generatedTryOn,
  lastProductViewed,
  completedTryOn,
  followupTryOn,
  inStoreTryOn,
  requestedByEmail,
]
