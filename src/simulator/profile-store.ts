import type { Consent } from './consent-state.ts'
import { ulid } from './ids.ts'
import type { Json, JsonObject } from './json.ts'

export const locationKeys = [
  'address1',
  'address2',
  'city',
  'country',
  'latitude',
  'longitude',
  'region',
  'zip',
  'timezone',
  'ip',
] as const

/** The identifiers that an index is kept for, in the order in which they decide. */
export const identifierKeys = ['email', 'phone_number', 'external_id', 'anonymous_id'] as const
export type IdentifierKey = (typeof identifierKeys)[number]

export const plainKeys = [
  'first_name',
  'last_name',
  'organization',
  'locale',
  'title',
  'image',
] as const

export interface Profile {
  readonly place: number
  readonly id: string
  email: string | null
  phone_number: string | null
  external_id: string | null
  anonymous_id: string | null
  first_name: string | null
  last_name: string | null
  organization: string | null
  locale: string | null
  title: string | null
  image: string | null
  location: { [name: string]: Json } | undefined
  properties: { [name: string]: Json }
  created: number
  updated: number
  lastEvent: number | null
  /** Lists and when the profile joined each. */
  lists: { [id: string]: number }
  consent: Consent | undefined
  /** Further identifiers, from a merge or from `patch_identifiers`. */
  also: { [key in IdentifierKey]?: string[] } | undefined
}

/** The people of an account, found by any of their identifiers. */
export class ProfileStore {
  readonly #all: (Profile | undefined)[] = []
  readonly #byId = new Map<string, Profile>()
  readonly #by: { readonly [key in IdentifierKey]: Map<string, Profile> } = {
    email: new Map(),
    phone_number: new Map(),
    external_id: new Map(),
    anonymous_id: new Map(),
  }
  #count = 0

  get count(): number {
    return this.#count
  }

  create(now: number): Profile {
    const profile: Profile = {
      place: this.#all.length,
      id: ulid(now),
      email: null,
      phone_number: null,
      external_id: null,
      anonymous_id: null,
      first_name: null,
      last_name: null,
      organization: null,
      locale: null,
      title: null,
      image: null,
      location: undefined,
      properties: {},
      created: now,
      updated: now,
      lastEvent: null,
      lists: {},
      consent: undefined,
      also: undefined,
    }
    this.#all.push(profile)
    this.#byId.set(profile.id, profile)
    this.#count += 1
    return profile
  }

  /** An id of a profile that was merged into another leads to that other. */
  byId(id: string): Profile | undefined {
    return this.#byId.get(id)
  }

  at(place: number): Profile | undefined {
    return this.#all[place]
  }

  find(key: IdentifierKey, value: string): Profile | undefined {
    return this.#by[key].get(value)
  }

  setIdentifier(profile: Profile, key: IdentifierKey, value: string | null): void {
    const old = profile[key]
    if (old !== null && this.#by[key].get(old) === profile) this.#by[key].delete(old)
    profile[key] = value
    if (value !== null) this.#by[key].set(value, profile)
  }

  addIdentifier(profile: Profile, key: IdentifierKey, value: string): void {
    const also = (profile.also ??= {})
    const values = (also[key] ??= [])
    if (!values.includes(value) && profile[key] !== value) values.push(value)
    this.#by[key].set(value, profile)
  }

  removeIdentifier(profile: Profile, key: IdentifierKey, value: string): void {
    if (profile[key] === value) this.setIdentifier(profile, key, null)
    const values = profile.also?.[key]
    if (values !== undefined && profile.also !== undefined) {
      profile.also[key] = values.filter((known) => known !== value)
    }
    if (this.#by[key].get(value) === profile) this.#by[key].delete(value)
  }

  /** Takes the source away; its id and identifiers lead to the destination from now on. */
  merge(source: Profile, destination: Profile): void {
    for (const key of identifierKeys) {
      const values = [source[key], ...(source.also?.[key] ?? [])]
      for (const value of values) {
        if (value === null) continue
        this.#by[key].delete(value)
        if (destination[key] === null) this.setIdentifier(destination, key, value)
        else this.addIdentifier(destination, key, value)
      }
    }
    this.#all[source.place] = undefined
    this.#byId.set(source.id, destination)
    this.#count -= 1
  }

  remove(profile: Profile): void {
    for (const key of identifierKeys) {
      for (const value of [profile[key], ...(profile.also?.[key] ?? [])]) {
        if (value !== null) this.#by[key].delete(value)
      }
    }
    this.#all[profile.place] = undefined
    this.#byId.delete(profile.id)
    this.#count -= 1
  }

  *all(): Generator<Profile> {
    for (const profile of this.#all) if (profile !== undefined) yield profile
  }

  /** Everything that a state file keeps: the people by place, and the ids that lead to another. */
  dump(): { readonly profiles: readonly (Profile | null)[]; readonly merged: JsonObject } {
    const merged: { [id: string]: string } = {}
    for (const [id, profile] of this.#byId) if (id !== profile.id) merged[id] = profile.id
    return { profiles: this.#all.map((profile) => profile ?? null), merged }
  }

  load(profiles: readonly (Profile | null)[], merged: { readonly [id: string]: string }): void {
    for (const profile of profiles) {
      this.#all.push(profile ?? undefined)
      if (profile === null) continue
      this.#count += 1
      this.#byId.set(profile.id, profile)
      for (const key of identifierKeys) {
        for (const value of [profile[key], ...(profile.also?.[key] ?? [])]) {
          if (value !== null) this.#by[key].set(value, profile)
        }
      }
    }
    for (const [id, into] of Object.entries(merged)) {
      const profile = this.#byId.get(into)
      if (profile !== undefined) this.#byId.set(id, profile)
    }
  }
}
