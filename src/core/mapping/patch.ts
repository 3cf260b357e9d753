import type { ProfilePatch } from '../action.ts'
import type { Event, Json, JsonObject } from '../event.ts'
import { type Draft, isList, objectOf, textOf } from '../json.ts'

/**
 * What a call says for Klaviyo alone, in `integrations.Klaviyo` as RudderStack's users write it:
 * `fieldsToAppend` and `fieldsToUnappend` name traits whose values are added to or taken from a list of the
 * profile, `fieldsToUnset` names properties that go. Undefined: it says none of it.
 */
export function patchOf(event: Event): ProfilePatch | undefined {
  const said = klaviyoIn(objectOf(event['integrations']))
  const fields = objectOf(said)
  if (fields === undefined) return undefined
  const traits = objectOf(event.traits)
  const contextTraits = objectOf(event.context?.['traits'])
  const append = valuesOf(fields['fieldsToAppend'], traits, contextTraits)
  const unappend = valuesOf(fields['fieldsToUnappend'], traits, contextTraits)
  const unset = namesIn(fields['fieldsToUnset'])
  const none = unset.length === 0 && isEmpty(append) && isEmpty(unappend)
  return none ? undefined : { append, unappend, unset }
}

/** Traits that the patch speaks of are not set as well. */
export function namesOf({ append, unappend, unset }: ProfilePatch): ReadonlySet<string> {
  return new Set([...Object.keys(append), ...Object.keys(unappend), ...unset])
}

/** What `integrations` says of Klaviyo; RudderStack's own key is in capitals. */
export function klaviyoIn(integrations: JsonObject | undefined): Json | undefined {
  return integrations?.['Klaviyo'] ?? integrations?.['KLAVIYO']
}

/** `context.externalId` with the type `klaviyo-profileId`: Klaviyo's own id of the profile. */
export function profileIdOf(event: Event): string | undefined {
  const list = event.context?.['externalId']
  if (!isList(list)) return undefined
  for (const entry of list) {
    const named = objectOf(entry)
    if (named?.['type'] === 'klaviyo-profileId') return idTextOf(named['id'])
  }
  return undefined
}

const maxIdLength = 64

function idTextOf(value: Json | undefined): string | undefined {
  const text = textOf(value)
  return text === undefined || !/^[\w-]+$/u.test(text) || text.length > maxIdLength
    ? undefined
    : text
}

function valuesOf(
  names: Json | undefined,
  traits: JsonObject | undefined,
  contextTraits: JsonObject | undefined,
): JsonObject {
  const values: Draft = {}
  for (const name of namesIn(names)) {
    const value = traits?.[name] ?? contextTraits?.[name]
    if (value !== undefined && value !== null) values[name] = value
  }
  return values
}

function namesIn(names: Json | undefined): readonly string[] {
  if (!isList(names)) return []
  return names.filter(isName)
}

function isName(name: Json): name is string {
  return typeof name === 'string' && name !== '' && name !== '__proto__'
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0
}
