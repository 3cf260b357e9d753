import type { ProfileAction } from '../core/index.ts'
import { mergeProfiles, personKey, profileText, type Repair } from './profile.ts'
import { entryOf, type Repairs, type RequestBody, singleBody } from './request.ts'

/** POST /api/profile-import: creates the profile or updates it; `null` clears. */
export function profileBody(action: ProfileAction, repair: Repair | undefined): RequestBody {
  const text = repair ? profileText(action.profile, 'profile', repair) : textOf(action).text
  return singleBody(`{"data":${text}}`)
}

/**
 * POST /api/profile-bulk-import-jobs: one entry a person, since nothing says in which order Klaviyo
 * would take several.
 */
export function profilesBody(actions: readonly ProfileAction[], repairs: Repairs): RequestBody {
  const people = new Map<string, number[]>()
  for (const [index, action] of actions.entries()) {
    const key = personKey(action.profile.identifiers)
    const indexes = people.get(key)
    if (indexes) indexes.push(index)
    else people.set(key, [index])
  }
  const groups = [...people.values()]
  const entries = groups.map((indexes) => {
    const [first] = indexes
    const repair = indexes.map((index) => repairs.get(index)).find((found) => found !== undefined)
    if (indexes.length === 1 && !repair) return textOf(actions[first!]!).text
    const merged = mergeProfiles(indexes.map((index) => actions[index]!.profile))
    return profileText(merged, 'profile', repair)
  })
  return {
    text: `{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[${entries.join(',')}]}}}}`,
    actionsAt: (pointer) => {
      const entry = entryOf(pointer, '/data/attributes/profiles/data/')
      return (entry === undefined ? undefined : groups[entry]) ?? []
    },
  }
}

export function profileBytes(action: ProfileAction): number {
  return textOf(action).bytes
}

interface Told {
  readonly of: ProfileAction
  readonly text: string
  readonly bytes: number
}

/** As in `events.ts`. */
const written = Symbol('written')

function textOf(action: ProfileAction & { [written]?: Told }): Told {
  const known = action[written]
  if (known?.of === action) return known
  const text = profileText(action.profile, 'profile')
  const made = { of: action, text, bytes: Buffer.byteLength(text) + 1 }
  action[written] = made
  return made
}
