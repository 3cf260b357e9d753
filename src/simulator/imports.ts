import type { ImportJob } from './account.ts'
import type { Answer, Call, Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { joinList } from './consent.ts'
import { type ErrorObject, invalid, notFound, Refusal } from './errors.ts'
import { meets } from './filter.ts'
import { base64url, randomText, shortId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { listResource } from './lists.ts'
import { checkPerson, hasIdentifier, noIdentifier, type Person } from './person.ts'
import type { Profile } from './profile-store.ts'
import { profileResource, upsert } from './profiles.ts'
import {
  showPage,
  showOne,
  pageOf,
  type PageOf,
  type Resource,
  resource,
  timeOrNull,
} from './resource.ts'

export const importHandlers: { readonly [operation: string]: Handler } = {
  bulk_import_profiles: startImport,
  get_bulk_import_profiles_job: (call) => showOne(call, 200, jobResource(call, jobById(call))),
  get_bulk_import_profiles_jobs: getJobs,
  get_errors_for_bulk_import_profiles_job: getErrors,
  get_profiles_for_bulk_import_profiles_job: (call) =>
    showPage(call, profilesOfJob(call), (profile) => profileResource(call, profile)),
  get_profile_ids_for_bulk_import_profiles_job: (call) =>
    showPage(call, profilesOfJob(call), ({ id }) => ({ type: 'profile', id })),
  get_list_for_bulk_import_profiles_job: (call) =>
    showPage(call, listsOfJob(call), (list) => listResource(call, list)),
  get_list_ids_for_bulk_import_profiles_job: (call) =>
    showPage(call, listsOfJob(call), ({ id }) => ({ type: 'list', id })),
}

const path = '/api/profile-bulk-import-jobs'
const mostProfiles = 10_000
const mostProfileBytes = 100 * 1024
const keptMs = 7 * 86_400_000

interface Given {
  readonly id?: string | null
  readonly attributes: JsonObject
  readonly meta?: JsonObject | null
}

function jobResource(call: Call, job: ImportJob): Resource {
  return resource(call, {
    type: 'profile-bulk-import-job',
    id: job.id,
    path,
    attributes: {
      status: job.status,
      created_at: writeTime(job.created),
      total_count: job.total,
      completed_count: job.done,
      failed_count: job.failed,
      completed_at: timeOrNull(job.completed),
      expires_at: writeTime(job.created + keptMs),
      started_at: timeOrNull(job.started),
    },
    relations: {
      lists: job.lists.map((id) => ({ type: 'list', id })),
      profiles: undefined,
      'import-errors': undefined,
    },
  })
}

function startImport(call: Call): Answer {
  const { data } = call.body as {
    data: {
      attributes: { profiles: { data: readonly Given[] } }
      relationships?: { lists?: { data?: readonly { id: string }[] | null } | null } | null
    }
  }
  const given = data.attributes.profiles.data
  const start = '/data/attributes/profiles/data'
  if (given.length > mostProfiles) {
    throw invalid(`At most ${mostProfiles} profiles can be imported in one request.`, start)
  }
  const lists = (data.relationships?.lists?.data ?? []).map(({ id }) => id)
  for (const id of lists) if (!call.account.lists.has(id)) throw notFound('list', id)
  const errors: ErrorObject[] = []
  for (const [place, person] of given.entries()) {
    const pointer = `${start}/${place}/attributes`
    checkPerson(person.attributes, pointer, errors)
    if (!hasIdentifier(person)) errors.push(noIdentifier(pointer))
    if (
      call.bytes.length > mostProfileBytes &&
      Buffer.byteLength(JSON.stringify(person)) > mostProfileBytes
    ) {
      throw invalid('The profile is larger than 100 KB.', pointer)
    }
  }
  if (errors.length > 0) throw new Refusal(errors.slice(0, 100))
  const job: ImportJob = {
    id: base64url(
      `${call.account.id}_import.${shortId()}.${call.now}.${randomText('0123456789', 6)}`,
    ),
    created: call.now,
    total: given.length,
    lists,
    status: 'queued',
    started: null,
    completed: null,
    done: 0,
    failed: 0,
    profiles: [],
    errors: [],
  }
  call.account.imports.set(job.id, job)
  // The answer tells of a job that waits; a moment later it may be done.
  const answer = showOne(call, 202, jobResource(call, job))
  call.world.later(() => run(call, job, given))
  return answer
}

function run(call: Call, job: ImportJob, given: readonly Given[]): void {
  const now = call.world.clock.now()
  job.started = now
  for (const [place, person] of given.entries()) {
    try {
      const profile = importOne(call, person, now)
      job.profiles.push(profile.id)
      job.done += 1
      for (const list of job.lists) joinList(call.account, profile, list, now)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      job.failed += 1
      const [first] = error.errors
      job.errors.push({
        id: first?.id ?? '',
        code: first?.code ?? 'invalid',
        title: first?.title ?? 'Invalid input.',
        detail: first?.detail ?? '',
        pointer: `/data/attributes/profiles/data/${place}`,
        original: person as unknown as JsonObject,
      })
    }
  }
  job.status = 'complete'
  job.completed = now
}

/** As profile-import, but a null clears nothing. */
function importOne(call: Call, { id, attributes, meta }: Given, now: number): Profile {
  const person: Person = { id, attributes, meta }
  return upsert(call.account, person, now, 'ignore').profile
}

function jobById(call: Call): ImportJob {
  const id = call.params['job_id'] ?? call.params['id'] ?? ''
  const job = call.account.imports.get(id)
  if (job === undefined) throw notFound('profile bulk import job', id)
  return job
}

function getJobs(call: Call): Answer {
  const jobs = [...call.account.imports.values()].filter((job) =>
    call.query.filter.every((condition) => meets(job.status, condition)),
  )
  const page = pageOf(call, jobs, { idOf: ({ id }) => id, keyOf: ({ created }) => created })
  return showPage(call, page, (job) => jobResource(call, job))
}

function getErrors(call: Call): Answer {
  const page = pageOf(call, jobById(call).errors, {
    idOf: ({ id }) => id,
    keyOf: ({ pointer }) => pointer,
  })
  return showPage(call, page, (error) =>
    resource(call, {
      type: 'import-error',
      id: error.id,
      path: '/api/import-errors',
      attributes: {
        code: error.code,
        title: error.title,
        detail: error.detail,
        source: { pointer: error.pointer },
        original_payload: error.original,
      },
    }),
  )
}

function profilesOfJob(call: Call): PageOf<Profile> {
  const profiles = jobById(call).profiles.flatMap((id) => call.account.profiles.byId(id) ?? [])
  return pageOf(call, profiles, { idOf: ({ id }) => id, keyOf: ({ id }) => id })
}

function listsOfJob(call: Call): PageOf<NonNullable<ReturnType<Call['account']['lists']['get']>>> {
  const lists = jobById(call).lists.flatMap((id) => call.account.lists.get(id) ?? [])
  return pageOf(call, lists, { idOf: ({ id }) => id, keyOf: ({ id }) => id })
}
