import type { PendingOptIn } from './consent-state.ts'
import { EventStore } from './event-store.ts'
import { randomText, shortId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { ProfileStore } from './profile-store.ts'
import type { Entry } from './entry.ts'

export type OptIn = 'single_opt_in' | 'double_opt_in'

/** What one says of an account when it is opened. */
export interface AccountOptions {
  /** Six letters and digits; it is the public key, too. */
  readonly id?: string
  readonly name?: string
  readonly privateKey?: string
  /** The scopes of that key; without them, all. */
  readonly scopes?: readonly string[]
  readonly timezone?: string
  readonly currency?: string
  /** What holds for a subscription without a list. Klaviyo's own default is double. */
  readonly defaultOptIn?: OptIn
  /** Country calling codes for which the account may send SMS. */
  readonly smsCallingCodes?: readonly string[]
  /** Advanced KDP: webhooks for private keys, too. */
  readonly advancedKdp?: boolean
  /** The ids of its own integrations, where they are known from before. */
  readonly integrations?: { readonly api: Integration; readonly klaviyo: Integration }
}

export interface Integration {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly category: string
}

export interface Metric {
  readonly place: number
  readonly id: string
  readonly name: string
  readonly integration: Integration
  readonly created: number
  updated: number
  count: number
  lastEvent: number | null
}

export interface List {
  readonly id: string
  name: string
  optIn: OptIn
  created: number
  updated: number
}

export interface ImportJob {
  readonly id: string
  readonly created: number
  readonly total: number
  readonly lists: readonly string[]
  status: 'queued' | 'processing' | 'complete' | 'cancelled'
  started: number | null
  completed: number | null
  done: number
  failed: number
  profiles: string[]
  errors: {
    readonly id: string
    readonly code: string
    readonly title: string
    readonly detail: string
    readonly pointer: string
    readonly original: JsonObject
  }[]
}

const smsCallingCodes =
  '1 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 61 64 65 351 352 353 358 420'.split(' ')

/** One Klaviyo account, and all that it holds. */
export class Account {
  readonly id: string
  readonly name: string
  readonly privateKey: string
  readonly timezone: string
  readonly currency: string
  readonly advancedKdp: boolean
  readonly smsCallingCodes: ReadonlySet<string>
  defaultOptIn: OptIn
  /** Whether a change of consent counts as a change of the profile. */
  consentMovesUpdated = true
  /** Private keys and their scopes; undefined means all scopes. */
  readonly keys = new Map<string, ReadonlySet<string> | undefined>()
  readonly apiIntegration: Integration
  readonly klaviyoIntegration: Integration

  readonly profiles = new ProfileStore()
  readonly events = new EventStore()
  readonly metrics: Metric[] = []
  readonly lists = new Map<string, List>()
  readonly imports = new Map<string, ImportJob>()
  pendingOptIns: PendingOptIn[] = []
  /** Told of every event that is kept. */
  onEvent: ((place: number) => void) | undefined
  /** Everything else, by resource type: templates, catalog items, campaigns … */
  readonly tables = new Map<string, Map<string, Entry>>()

  readonly #metricByName = new Map<string, Metric>()
  readonly #metricById = new Map<string, Metric>()

  constructor(options: AccountOptions) {
    this.id = options.id ?? shortId()
    this.name = options.name ?? 'Demo Store'
    this.privateKey = options.privateKey ?? `pk_${randomText('0123456789abcdef', 34)}`
    this.timezone = options.timezone ?? 'UTC'
    this.currency = options.currency ?? 'USD'
    this.advancedKdp = options.advancedKdp ?? false
    this.defaultOptIn = options.defaultOptIn ?? 'double_opt_in'
    this.smsCallingCodes = new Set(options.smsCallingCodes ?? smsCallingCodes)
    this.keys.set(
      this.privateKey,
      options.scopes === undefined ? undefined : new Set(options.scopes),
    )
    this.apiIntegration = options.integrations?.api ?? {
      id: shortId(),
      key: 'api',
      name: 'API',
      category: 'API',
    }
    this.klaviyoIntegration = options.integrations?.klaviyo ?? {
      id: shortId(),
      key: 'klaviyo',
      name: 'Klaviyo',
      category: 'Internal',
    }
  }

  table(type: string): Map<string, Entry> {
    let table = this.tables.get(type)
    if (table === undefined) {
      table = new Map()
      this.tables.set(type, table)
    }
    return table
  }

  /** The metric of this name and integration; it comes to be with its first event. */
  metricFor(name: string, integration: Integration, now: number): Metric {
    const key = `${integration.key}\n${name}`
    const known = this.#metricByName.get(key)
    if (known !== undefined) return known
    const metric: Metric = {
      place: this.metrics.length,
      id: shortId(),
      name,
      integration,
      created: now,
      updated: now,
      count: 0,
      lastEvent: null,
    }
    this.addMetric(metric)
    return metric
  }

  addMetric(metric: Metric): void {
    this.metrics.push(metric)
    this.#metricByName.set(`${metric.integration.key}\n${metric.name}`, metric)
    this.#metricById.set(metric.id, metric)
  }

  newList({
    name,
    optIn,
    now,
    id = shortId(),
  }: {
    readonly name: string
    readonly optIn: OptIn
    readonly now: number
    readonly id?: string
  }): List {
    const list: List = { id, name, optIn, created: now, updated: now }
    this.lists.set(id, list)
    return list
  }

  metricNamed(name: string, integrationKey: string): Metric | undefined {
    return this.#metricByName.get(`${integrationKey}\n${name}`)
  }

  metricById(id: string): Metric | undefined {
    return this.#metricById.get(id)
  }
}
