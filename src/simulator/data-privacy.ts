import { empty, type Handler } from './call.ts'
import { invalid, notFound } from './errors.ts'
import { type JsonObject, textOf } from './json.ts'
import { profilesOf } from './person.ts'

export const dataPrivacyHandlers: { readonly [operation: string]: Handler } = {
  /** Deletes the profile and its events, later; an unknown one is answered 404. */
  request_profile_deletion(call) {
    const { data } = (
      call.body as {
        data: { attributes: { profile: { data: { id?: string | null; attributes: JsonObject } } } }
      }
    ).data.attributes.profile
    const { email, phone_number: phone } = data.attributes
    const given = [data.id, email, phone].filter((one) => typeof one === 'string' && one !== '')
    if (given.length !== 1) {
      throw invalid(
        'Exactly one of id, email or phone_number must be given.',
        '/data/attributes/profile/data',
      )
    }
    const found = profilesOf(call.account, { id: data.id, attributes: data.attributes })
    if (found.length === 0) throw notFound('profile', textOf(given[0]))
    call.world.later(() => {
      for (const profile of found) {
        call.account.events.remove(profile.place)
        call.account.profiles.remove(profile)
      }
    })
    return empty(202)
  },
}
