import { type Call, type Handler } from './call.ts'
import { conflict, invalid, notFound } from './errors.ts'
import { bulkJob, jobKind } from './jobs.ts'
import { type JsonObject, textOf } from './json.ts'
import { profileResource } from './profiles.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntries,
  getEntry,
  idIn,
  type Kind,
  patchEntry,
  relationHandlers,
  shower,
  tableOf,
} from './records.ts'

const mostCodesPerJob = 1000

const couponKind: Kind = {
  type: 'coupon',
  path: '/api/coupons',
  pageSize: 100,
  relations: { 'coupon-codes': { type: 'coupon-code', show: shower(() => codeKind) } },
}

const codeKind: Kind = {
  type: 'coupon-code',
  path: '/api/coupon-codes',
  pageSize: 100,
  relations: {
    coupon: { type: 'coupon', one: true, always: true, show: shower(() => couponKind) },
    profile: {
      type: 'profile',
      one: true,
      show: (call, id) => {
        const profile = call.account.profiles.byId(id)
        return profile === undefined ? undefined : profileResource(call, profile)
      },
    },
  },
}

const jobs = jobKind('coupon-code-bulk-create-job', '/api/coupon-code-bulk-create-jobs', {
  'coupon-codes': { type: 'coupon-code', show: shower(() => codeKind) },
})

interface GivenCode {
  readonly attributes: { readonly unique_code: string; readonly expires_at?: string | null }
  readonly relationships: { readonly coupon: unknown }
}

function createCode(call: Call, given: GivenCode, pointer: string): Entry {
  const couponId = idIn(given.relationships.coupon) ?? ''
  const coupon = tableOf(call, couponKind).get(couponId)
  if (coupon === undefined) throw notFound('coupon', couponId)
  const code = given.attributes.unique_code
  if (code === '')
    throw invalid('The unique_code must not be empty.', `${pointer}/attributes/unique_code`)
  const id = `${code}-${couponId}`
  if (tableOf(call, codeKind).has(id)) {
    throw conflict(`A coupon code ${code} already exists for this coupon.`, `${pointer}/attributes`)
  }
  const entry = addEntry(
    call,
    codeKind,
    id,
    { unique_code: code, expires_at: given.attributes.expires_at ?? null, status: 'UNASSIGNED' },
    { coupon: [couponId] },
  )
  coupon.related['coupon-codes'] = [...(coupon.related['coupon-codes'] ?? []), id]
  return entry
}

const attributesOf = (call: Call): JsonObject =>
  (call.body as { data: { attributes: JsonObject } }).data.attributes

export const couponHandlers: { readonly [operation: string]: Handler } = {
  get_coupons: getEntries(couponKind),
  get_coupon: getEntry(couponKind),
  create_coupon(call) {
    const given = attributesOf(call)
    const id = textOf(given['external_id'])
    if (!/^[A-Za-z0-9_]+$/.test(id)) {
      throw invalid(
        'The external_id can hold letters, digits and underscores only.',
        '/data/attributes/external_id',
      )
    }
    if (tableOf(call, couponKind).has(id)) throw conflict(`A coupon with id ${id} already exists.`)
    const entry = addEntry(call, couponKind, id, {
      description: null,
      monitor_configuration: null,
      ...given,
    })
    return createdAnswer(call, couponKind, entry)
  },
  update_coupon(call) {
    const entry = entryOf(call, couponKind)
    patchEntry(call, entry, attributesOf(call))
    return createdAnswer(call, couponKind, entry, 200)
  },
  delete_coupon: deleteEntry(couponKind),
  get_coupon_codes: getEntries(codeKind),
  get_coupon_code: getEntry(codeKind),
  create_coupon_code: (call) =>
    createdAnswer(
      call,
      codeKind,
      createCode(call, (call.body as { data: GivenCode }).data, '/data'),
      200,
    ),
  update_coupon_code(call) {
    const entry = entryOf(call, codeKind)
    patchEntry(call, entry, attributesOf(call))
    return createdAnswer(call, codeKind, entry, 200)
  },
  delete_coupon_code: deleteEntry(codeKind),
  bulk_create_coupon_codes: bulkJob<GivenCode>({
    kind: jobs,
    most: mostCodesPerJob,
    relation: 'coupon-codes',
    elementsOf: (body) =>
      (body as { data: { attributes: { 'coupon-codes': { data: readonly GivenCode[] } } } }).data
        .attributes['coupon-codes'].data,
    work: (call, given, place) =>
      createCode(call, given, `/data/attributes/coupon-codes/data/${place}`).id,
  }),
  get_bulk_create_coupon_codes_job: getEntry(jobs),
  get_bulk_create_coupon_code_jobs: getEntries(jobs),
  ...relationHandlers(codeKind, 'coupon', {
    resources: 'get_coupon_for_coupon_code',
    ids: 'get_coupon_id_for_coupon_code',
  }),
  ...relationHandlers(couponKind, 'coupon-codes', {
    resources: 'get_coupon_codes_for_coupon',
    ids: 'get_coupon_code_ids_for_coupon',
  }),
}
