import { type Answer, type Call, empty, type Handler } from './call.ts'
import { writeTime } from './clock.ts'
import { type ErrorObject, Refusal } from './errors.ts'
import { ulid } from './ids.ts'
import type { JsonObject } from './json.ts'
import { checkPerson, hasIdentifier, noIdentifier, resolvePerson } from './person.ts'
import { profileById, profileResource } from './profiles.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  deleteEntry,
  getEntries,
  getEntry,
  type Kind,
  pageOfEntries,
  relationHandlers,
  showEntries,
  tableOf,
} from './records.ts'
import { showPage } from './resource.ts'

const tokenKind: Kind = {
  type: 'push-token',
  path: '/api/push-tokens',
  pageSize: 20,
  created: 'created',
  relations: {
    profile: {
      type: 'profile',
      one: true,
      always: true,
      show: (call, id) => {
        const profile = call.account.profiles.byId(id)
        return profile === undefined ? undefined : profileResource(call, profile)
      },
    },
  },
}

interface Given {
  readonly token: string
  readonly platform: string
  readonly vendor: string
  readonly enablement_status?: string | null
  readonly background?: string | null
  readonly device_metadata?: JsonObject | null
  readonly profile: {
    readonly data: { readonly id?: string | null; readonly attributes: JsonObject }
  }
}

const givenOf = (call: Call): Given =>
  (call.body as { data: { attributes: Given } }).data.attributes

function register(call: Call): Answer {
  const given = givenOf(call)
  const person = given.profile.data
  const pointer = '/data/attributes/profile/data/attributes'
  const errors: ErrorObject[] = []
  checkPerson(person.attributes, pointer, errors)
  if (!hasIdentifier(person)) errors.push(noIdentifier(pointer))
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    const profile = resolvePerson(call.account, person, call.now)
    const known = [...tableOf(call, tokenKind).values()].find(
      ({ attributes }) => attributes['token'] === given.token,
    )
    const entry =
      known ??
      addEntry(call, tokenKind, ulid(call.now), {
        token: given.token,
        platform: given.platform,
        vendor: given.vendor,
        enablement_status: given.enablement_status ?? 'AUTHORIZED',
        background: given.background ?? 'AVAILABLE',
        recorded_date: writeTime(call.now),
        metadata: given.device_metadata ?? null,
      })
    entry.related['profile'] = [profile.id]
  })
  return empty(202)
}

function tokensOfProfile(call: Call): readonly Entry[] {
  const profile = profileById(call, call.params['id'] ?? '')
  return [...tableOf(call, tokenKind).values()].filter(
    (entry) => entry.related['profile']?.[0] === profile.id,
  )
}

export const pushTokenHandlers: { readonly [operation: string]: Handler } = {
  get_push_tokens: getEntries(tokenKind),
  get_push_token: getEntry(tokenKind),
  create_push_token: register,
  create_client_push_token: register,
  delete_push_token: deleteEntry(tokenKind),
  unregister_client_push_token(call) {
    const { token } = givenOf(call)
    call.world.later(() => {
      for (const entry of tableOf(call, tokenKind).values()) {
        if (entry.attributes['token'] === token) tableOf(call, tokenKind).delete(entry.id)
      }
    })
    return empty(202)
  },
  get_push_tokens_for_profile: (call) =>
    showEntries(call, tokenKind, pageOfEntries(call, tokenKind, tokensOfProfile(call))),
  get_push_token_ids_for_profile: (call) =>
    showPage(call, pageOfEntries(call, tokenKind, tokensOfProfile(call)), ({ id }) => ({
      type: 'push-token',
      id,
    })),
  ...relationHandlers(tokenKind, 'profile', {
    resources: 'get_profile_for_push_token',
    ids: 'get_profile_id_for_push_token',
  }),
}
