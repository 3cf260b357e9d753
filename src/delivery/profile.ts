import type { Identifiers, JsonObject, ProfileInput } from '../core/index.ts'
import { personKeyOf } from '../core/index.ts'

/** Names the Klaviyo profile that an action is for, as far as can be told here. */
export function profileKeyOf(identifiers: Identifiers): string {
  return personKeyOf(identifiers) ?? `anonymous:${identifiers.anonymousId ?? ''}`
}

/** The later one's values win; what it does not name stays. Patches are not merged: each has to be sent. */
export function mergeProfiles(earlier: ProfileInput, later: ProfileInput): ProfileInput {
  const attributes = merged(earlier.attributes, later.attributes)
  const properties = merged(earlier.properties, later.properties)
  const id = later.id ?? earlier.id
  return {
    identifiers: { ...earlier.identifiers, ...later.identifiers },
    ...(id === undefined ? {} : { id }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(properties === undefined ? {} : { properties }),
  }
}

function merged(
  earlier: JsonObject | undefined,
  later: JsonObject | undefined,
): JsonObject | undefined {
  if (earlier === undefined) return later
  return later === undefined ? earlier : { ...earlier, ...later }
}

/** Klaviyo's bulk import leaves a property alone that is null; only the single way clears it. */
export function clears({ attributes, properties }: ProfileInput): boolean {
  return hasNull(attributes) || hasNull(properties)
}

function hasNull(object: JsonObject | undefined): boolean {
  if (object === undefined) return false
  for (const key in object) if (object[key] === null) return true
  return false
}
