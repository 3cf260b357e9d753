import type { Answer, Call, Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { suppress } from './consent.ts'
import { type ErrorObject, invalid, notFound, Refusal } from './errors.ts'
import { recordOwnEvent } from './events.ts'
import { ulid } from './ids.ts'
import { jobKind } from './jobs.ts'
import type { JsonObject } from './json.ts'
import { checkPerson, identifierOf, resolvePerson } from './person.ts'
import type { Profile } from './profile-store.ts'
import type { Entry } from './entry.ts'
import { addEntry, createdAnswer, getEntries, getEntry, idIn, type Kind } from './records.ts'
import { segmentMembers } from './segments.ts'

const mostEmails = 100

const relations: Kind['relations'] = {
  lists: { type: 'list' },
  segments: { type: 'segment' },
}
const createJobs = {
  ...jobKind(
    'profile-suppression-bulk-create-job',
    '/api/profile-suppression-bulk-create-jobs',
    relations,
  ),
  fieldOf: idOfField,
}
const deleteJobs = {
  ...jobKind(
    'profile-suppression-bulk-delete-job',
    '/api/profile-suppression-bulk-delete-jobs',
    relations,
  ),
  fieldOf: idOfField,
}

export const suppressionHandlers: { readonly [operation: string]: Handler } = {
  bulk_suppress_profiles: (call) => start(call, createJobs, suppressOne),
  bulk_unsuppress_profiles: (call) => start(call, deleteJobs, unsuppressOne),
  get_bulk_suppress_profiles_job: getEntry(createJobs),
  get_bulk_suppress_profiles_jobs: getEntries(createJobs),
  get_bulk_unsuppress_profiles_job: getEntry(deleteJobs),
  get_bulk_unsuppress_profiles_jobs: getEntries(deleteJobs),
}

function idOfField(entry: Entry, field: string): unknown {
  if (field === 'list_id') return entry.related['lists'] ?? []
  return field === 'segment_id' ? (entry.related['segments'] ?? []) : undefined
}

/** Exactly one of emails, a list or a segment names the people. */
function start(call: Call, kind: Kind, work: (call: Call, profile: Profile) => boolean): Answer {
  const { data } = call.body as {
    data: {
      attributes: { profiles?: { data: readonly { attributes: JsonObject }[] } | null }
      relationships?: { list?: unknown; segment?: unknown } | null
    }
  }
  const people = data.attributes.profiles?.data
  const list = idIn(data.relationships?.list)
  const segment = idIn(data.relationships?.segment)
  const named = [people, list, segment].filter((one) => one !== undefined)
  if (named.length !== 1) {
    throw invalid('Exactly one of profiles, list or segment must be given.', '/data')
  }
  if (people !== undefined && people.length > mostEmails) {
    throw invalid(
      `At most ${mostEmails} email addresses can be sent in one request.`,
      '/data/attributes/profiles/data',
    )
  }
  const errors: ErrorObject[] = []
  for (const [place, { attributes }] of (people ?? []).entries()) {
    checkPerson(attributes, `/data/attributes/profiles/data/${place}/attributes`, errors)
  }
  if (errors.length > 0) throw new Refusal(errors)
  if (list !== undefined && !call.account.lists.has(list)) throw notFound('list', list)
  if (segment !== undefined && !call.account.table('segment').has(segment)) {
    throw notFound('segment', segment)
  }
  const entry = addEntry(
    call,
    kind,
    ulid(call.now),
    {
      status: 'queued',
      total_count: people?.length ?? 0,
      completed_count: 0,
      completed_at: null,
      skipped_count: 0,
    },
    {
      lists: list === undefined ? [] : [list],
      segments: segment === undefined ? [] : [segment],
    },
  )
  const answer = createdAnswer(call, kind, entry, 202)
  call.world.later(() => {
    const profiles = peopleOf(call, people, list, segment)
    let done = 0
    for (const profile of profiles) if (work(call, profile)) done += 1
    const now = call.world.clock.now()
    Object.assign(entry.attributes, {
      status: 'complete',
      total_count: profiles.length,
      completed_count: done,
      skipped_count: profiles.length - done,
      completed_at: writeTime(now),
    })
  })
  return answer
}

function peopleOf(
  call: Call,
  people: readonly { readonly attributes: JsonObject }[] | undefined,
  list: string | undefined,
  segment: string | undefined,
): readonly Profile[] {
  const { account } = call
  if (people !== undefined) {
    return people.map((person) => resolvePerson(account, person, call.now))
  }
  if (list !== undefined) {
    return [...account.profiles.all()].filter((profile) => profile.lists[list] !== undefined)
  }
  return [...segmentMembers(call, segment ?? '').keys()]
}

function suppressOne(call: Call, profile: Profile): boolean {
  if (identifierOf({ email: profile.email }, 'email') === undefined) return false
  if (!suppress(call.account, profile, 'USER_SUPPRESSED', call.now)) return false
  recordOwnEvent(call.account, profile, 'Manually Suppressed from Email Marketing', call.now)
  return true
}

/** Only what was suppressed by hand is lifted. */
function unsuppressOne(call: Call, profile: Profile): boolean {
  const { consent } = profile
  const before = consent?.suppressions.length ?? 0
  if (consent === undefined) return false
  consent.suppressions = consent.suppressions.filter(({ reason }) => reason !== 'USER_SUPPRESSED')
  if (consent.suppressions.length === before) return false
  if (call.account.consentMovesUpdated) profile.updated = call.now
  recordOwnEvent(call.account, profile, 'Manually Unsuppressed from Email Marketing', call.now)
  return true
}
