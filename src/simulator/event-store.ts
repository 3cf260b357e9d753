/** What an event is kept as, beside its columns. */
interface Payload {
  readonly uniqueId: string
  readonly currency: string | null
  /** The properties as JSON text. */
  readonly properties: string
}

export interface NewEvent extends Payload {
  readonly profile: number
  readonly metric: number
  readonly timeMs: number
  readonly receivedMs: number
  readonly value: number | null
  readonly backfill: boolean
}

export interface StoredEvent extends NewEvent {
  readonly place: number
}

const slabBytes = 4 * 1024 * 1024
const backfillFlag = 1
const goneFlag = 2

/**
 * The events of an account, in the order of their coming. Numbers stand in columns and the rest in
 * large buffers outside the heap: a million events have to fit beside everything else.
 */
export class EventStore {
  /** For how long a unique id is remembered. */
  dedupeMs = Number.POSITIVE_INFINITY
  #count = 0
  #profile = new Uint32Array(1024)
  #metric = new Uint32Array(1024)
  #time = new Float64Array(1024)
  #received = new Float64Array(1024)
  #value = new Float64Array(1024)
  #flags = new Uint8Array(1024)
  #slab = new Uint32Array(1024)
  #offset = new Uint32Array(1024)
  #length = new Uint32Array(1024)
  /** The event before this one of the same profile, and of the same metric; -1 ends the chain. */
  #beforeOfProfile = new Int32Array(1024)
  #beforeOfMetric = new Int32Array(1024)
  readonly #lastOfProfile: number[] = []
  readonly #lastOfMetric: number[] = []
  readonly #slabs: Buffer[] = []
  #slabFree = 0
  readonly #seen = new Set<string>()
  #selections: { key: string; count: number; places: readonly number[] }[] = []
  #changes = 0

  get count(): number {
    return this.#count
  }

  /** Whether an event of this profile, metric and unique id is here: Klaviyo keeps the first. */
  has(profile: number, metric: number, uniqueId: string, now: number): boolean {
    if (!this.#seen.has(seenKey(profile, metric, uniqueId))) return false
    if (this.dedupeMs === Number.POSITIVE_INFINITY) return true
    for (const place of this.ofProfile(profile)) {
      if (now - this.receivedOf(place) >= this.dedupeMs) break
      if (this.#metric[place] === metric && this.#read(place).uniqueId === uniqueId) return true
    }
    return false
  }

  /** The place of the new event, or undefined when its like is here already. */
  add(event: NewEvent): number | undefined {
    const key = seenKey(event.profile, event.metric, event.uniqueId)
    const before = this.#seen.size
    this.#seen.add(key)
    if (
      this.#seen.size === before &&
      (this.dedupeMs === Number.POSITIVE_INFINITY ||
        this.has(event.profile, event.metric, event.uniqueId, event.receivedMs))
    ) {
      return undefined
    }
    const place = this.#count
    if (place === this.#profile.length) this.#grow()
    this.#count += 1
    this.#profile[place] = event.profile
    this.#metric[place] = event.metric
    this.#time[place] = event.timeMs
    this.#received[place] = event.receivedMs
    this.#value[place] = event.value ?? Number.NaN
    this.#flags[place] = event.backfill ? backfillFlag : 0
    this.#write(place, `${JSON.stringify([event.uniqueId, event.currency])}\n${event.properties}`)
    this.#beforeOfProfile[place] = this.#lastOfProfile[event.profile] ?? -1
    this.#lastOfProfile[event.profile] = place
    this.#beforeOfMetric[place] = this.#lastOfMetric[event.metric] ?? -1
    this.#lastOfMetric[event.metric] = place
    return place
  }

  /** Leaves a place empty, as a deleted event does. */
  skip(): void {
    const place = this.#count
    if (place === this.#profile.length) this.#grow()
    this.#count += 1
    this.#flags[place] = goneFlag
  }

  get(place: number): StoredEvent | undefined {
    if (place < 0 || place >= this.#count || this.#isGone(place)) return undefined
    const value = this.#value[place] ?? Number.NaN
    return {
      place,
      profile: this.#profile[place] ?? 0,
      metric: this.#metric[place] ?? 0,
      timeMs: this.#time[place] ?? 0,
      receivedMs: this.#received[place] ?? 0,
      value: Number.isNaN(value) ? null : value,
      backfill: ((this.#flags[place] ?? 0) & backfillFlag) !== 0,
      ...this.#read(place),
    }
  }

  timeOf(place: number): number {
    return this.#time[place] ?? 0
  }

  receivedOf(place: number): number {
    return this.#received[place] ?? 0
  }

  profileOf(place: number): number {
    return this.#profile[place] ?? 0
  }

  metricOf(place: number): number {
    return this.#metric[place] ?? 0
  }

  valueOf(place: number): number | null {
    const value = this.#value[place] ?? Number.NaN
    return Number.isNaN(value) ? null : value
  }

  isHere(place: number): boolean {
    return place >= 0 && place < this.#count && !this.#isGone(place)
  }

  /** Places of a profile's events, the last received first. */
  *ofProfile(profile: number): Generator<number> {
    let place = this.#lastOfProfile[profile] ?? -1
    while (place >= 0) {
      if (!this.#isGone(place)) yield place
      place = this.#beforeOfProfile[place] ?? -1
    }
  }

  /** Places of a metric's events, the last received first. */
  *ofMetric(metric: number): Generator<number> {
    let place = this.#lastOfMetric[metric] ?? -1
    while (place >= 0) {
      if (!this.#isGone(place)) yield place
      place = this.#beforeOfMetric[place] ?? -1
    }
  }

  /** Places by time, the oldest first; of one profile, one metric, or all. */
  select(filter: { readonly profile?: number; readonly metric?: number }): readonly number[] {
    const key = `${filter.profile ?? ''}/${filter.metric ?? ''}`
    const version = this.#count + this.#changes
    const known = this.#selections.find((one) => one.key === key && one.count === version)
    if (known !== undefined) return known.places
    const places = this.#gather(filter)
    places.sort((a, b) => (this.#time[a] ?? 0) - (this.#time[b] ?? 0) || a - b)
    this.#selections = [
      { key, count: version, places },
      ...this.#selections.filter((one) => one.key !== key).slice(0, 3),
    ]
    return places
  }

  /** Gives all events of one profile to another, which it was merged into. */
  move(from: number, to: number): void {
    const places = [...this.ofProfile(from), ...this.ofProfile(to)].toSorted((a, b) => a - b)
    for (const place of places) {
      if (this.#profile[place] === from) {
        this.#profile[place] = to
        this.#seen.add(seenKey(to, this.metricOf(place), this.#read(place).uniqueId))
      }
    }
    let before = -1
    for (const place of places) {
      this.#beforeOfProfile[place] = before
      before = place
    }
    this.#lastOfProfile[from] = -1
    this.#lastOfProfile[to] = before
    this.#changes += 1
  }

  /** Removes all events of a profile, as a deletion for data privacy does. */
  remove(profile: number): void {
    for (const place of this.ofProfile(profile)) {
      this.#flags[place] = (this.#flags[place] ?? 0) | goneFlag
    }
    this.#changes += 1
  }

  #gather(filter: { readonly profile?: number; readonly metric?: number }): number[] {
    if (filter.profile !== undefined) {
      const places = [...this.ofProfile(filter.profile)]
      return filter.metric === undefined
        ? places
        : places.filter((place) => this.#metric[place] === filter.metric)
    }
    if (filter.metric !== undefined) return [...this.ofMetric(filter.metric)]
    const places: number[] = []
    for (let place = 0; place < this.#count; place += 1) {
      if (!this.#isGone(place)) places.push(place)
    }
    return places
  }

  #isGone(place: number): boolean {
    return ((this.#flags[place] ?? 0) & goneFlag) !== 0
  }

  #write(place: number, text: string): void {
    const bytes = Buffer.byteLength(text)
    let slab = this.#slabs.at(-1)
    if (slab === undefined || this.#slabFree + bytes > slab.length) {
      slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes))
      this.#slabs.push(slab)
      this.#slabFree = 0
    }
    slab.write(text, this.#slabFree, 'utf8')
    this.#slab[place] = this.#slabs.length - 1
    this.#offset[place] = this.#slabFree
    this.#length[place] = bytes
    this.#slabFree += bytes
  }

  #read(place: number): Payload {
    const offset = this.#offset[place] ?? 0
    const text =
      this.#slabs[this.#slab[place] ?? 0]?.toString(
        'utf8',
        offset,
        offset + (this.#length[place] ?? 0),
      ) ?? '["",null]\n{}'
    const end = text.indexOf('\n')
    const [uniqueId, currency] = JSON.parse(text.slice(0, end)) as [string, string | null]
    return { uniqueId, currency, properties: text.slice(end + 1) }
  }

  #grow(): void {
    const size = this.#profile.length * 2
    this.#profile = grown(this.#profile, new Uint32Array(size))
    this.#metric = grown(this.#metric, new Uint32Array(size))
    this.#time = grown(this.#time, new Float64Array(size))
    this.#received = grown(this.#received, new Float64Array(size))
    this.#value = grown(this.#value, new Float64Array(size))
    this.#flags = grown(this.#flags, new Uint8Array(size))
    this.#slab = grown(this.#slab, new Uint32Array(size))
    this.#offset = grown(this.#offset, new Uint32Array(size))
    this.#length = grown(this.#length, new Uint32Array(size))
    this.#beforeOfProfile = grown(this.#beforeOfProfile, new Int32Array(size))
    this.#beforeOfMetric = grown(this.#beforeOfMetric, new Int32Array(size))
  }
}

function seenKey(profile: number, metric: number, uniqueId: string): string {
  return `${metric}:${profile}:${uniqueId}`
}

function grown<Column extends { set(values: Column): void }>(old: Column, larger: Column): Column {
  larger.set(old)
  return larger
}
