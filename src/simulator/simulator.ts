import type { AddressInfo } from 'node:net'
import type { Account, AccountOptions, List, Metric } from './account.ts'
import { type Choices, strict } from './choices.ts'
import { startClock, writeTime } from './clock.ts'
import { confirmOptIn } from './consent.ts'
import { subscriptionsOf } from './subscriptions.ts'
import type { PendingOptIn } from './consent-state.ts'
import type { ActiveFault, Fault, FaultOptions } from './faults.ts'
import type { Json, JsonObject } from './json.ts'
import type { Standing } from './limits.ts'
import { identifierKeys, type Profile } from './profile-store.ts'
import type { Counters, LoggedRequest } from './request-log.ts'
import { answerFace } from './face/face.ts'
import type { App, AppOptions } from './oauth.ts'
import { answerOAuth } from './oauth-pages.ts'
import { loadState } from './state.ts'
import { StateKeeper } from './state-keeper.ts'
import { WebhookDelivery } from './webhook-delivery.ts'
import { createSimulatorServer } from './server.ts'
import { World } from './world.ts'

export interface SimulatorOptions {
  /** 0, and the default: any free port. */
  readonly port?: number
  readonly host?: string
  /** The time to go by; without it the machine's, moved on by `advance`. */
  readonly now?: () => number
  /** Where the fixed windows of the limits begin, after a whole second, minute and day. */
  readonly windowPhaseMs?: number
  /** How long what was accepted stays unseen. */
  readonly visibleAfterMs?: number
  /** False: no call is throttled. */
  readonly limits?: boolean
  /** What makes a bulk request fail: a unique id repeated in it, or also one that is known already. */
  readonly repeats?: Choices['repeats']
  /** Points that no source settles; each default is hard to please. */
  readonly choices?: Partial<Choices>
  /** Without any, one account opens: `simulator.account()`. */
  readonly accounts?: readonly AccountOptions[]
  readonly random?: () => number
  /** A file that keeps everything: read at the start, written a moment after changes and on close. */
  readonly stateFile?: string
  /** OAuth apps that are registered. */
  readonly apps?: readonly AppOptions[]
}

/** An event as Klaviyo holds it. */
export interface HeldEvent {
  readonly metric: string
  readonly metricId: string
  /** `api`, `klaviyo`, or the key of an app. */
  readonly integration: string
  readonly unique_id: string
  readonly value: number | null
  readonly value_currency: string | null
  readonly properties: JsonObject
  /** ISO 8601, to the second. */
  readonly time: string
  /** Epoch milliseconds. */
  readonly timeMs: number
  readonly receivedMs: number
  readonly backfill: boolean
  readonly profileId: string
  readonly profile: HeldProfile
  /** Counts up over the account's events, in the order in which they took effect. */
  readonly receivedOrder: number
}

export interface HeldProfile {
  readonly id: string
  readonly email: string | null
  readonly phone_number: string | null
  readonly external_id: string | null
  readonly anonymous_id: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly organization: string | null
  readonly locale: string | null
  readonly title: string | null
  readonly image: string | null
  readonly location: { readonly [name: string]: Json } | null
  readonly properties: JsonObject
  readonly subscriptions: { readonly [channel: string]: unknown }
  /** Ids of lists. */
  readonly lists: readonly string[]
  readonly created: number
  readonly updated: number
}

export interface AccountHandle {
  readonly id: string
  readonly name: string
  /** The same as the id. */
  readonly publicKey: string
  readonly privateKey: string
  /** A further private key; without scopes it may do all. */
  addKey(key: string, scopes?: readonly string[]): void
  addList(options: {
    readonly name: string
    readonly optIn?: List['optIn']
    readonly id?: string
  }): List
  /** Follows the link in the confirmation that a double opt-in sent. False: nobody was asked. */
  confirmOptIn(emailOrPhone: string): boolean
  /** Who was asked to confirm, and has not. */
  pendingOptIns(): readonly PendingOptIn[]
}

/** A Klaviyo to test against, on a port of this machine. */
export interface Simulator {
  readonly url: string
  readonly port: number
  /** The account of this id; without an id, the first. */
  account(id?: string): AccountHandle
  addAccount(options?: AccountOptions): AccountHandle

  /** All events, or those of a metric, in the order of their coming. Klaviyo's own are named to be seen. */
  events(metric?: string, accountId?: string): readonly HeldEvent[]
  /** How many events there are, without making them up. */
  eventCount(accountId?: string): number
  profile(identifier: string, accountId?: string): HeldProfile | undefined
  profiles(accountId?: string): readonly HeldProfile[]
  metrics(accountId?: string): readonly Metric[]
  lists(accountId?: string): readonly (List & { readonly members: readonly string[] })[]
  /** The standing of a profile on every channel. */
  subscriptions(identifier: string, accountId?: string): HeldProfile['subscriptions'] | undefined
  requests(accountId?: string): readonly LoggedRequest[]
  counters(accountId?: string): Counters
  standings(): readonly Standing[]

  /**
   * Lets calls go wrong. The path is exact, a template (`/api/lists/{id}`), a beginning (`/api/*`) or
   * an operation (`create_event`). What comes back switches the fault off again.
   */
  answer(path: string, fault: Fault, options?: FaultOptions): () => void
  /** For so long on the simulator's clock every call fails, with 503 if nothing else is said. */
  outage(ms: number, fault?: Fault): void
  /** Makes a private key or an access token wrong. */
  revokeKey(key: string): void
  faults(): readonly ActiveFault[]
  clearFaults(): void

  /** Registers an OAuth app. */
  addApp(options: AppOptions): App
  /** Answers an authorize address as a person at the consent page does: where the browser goes. */
  consent(
    authorizeUrl: string,
    decision?: { readonly account?: string; readonly deny?: boolean },
  ): string
  /** Takes an app out of an account, as a merchant does. */
  uninstall(clientId: string, accountId?: string): void

  now(): number
  advance(ms: number): void
  /** Writes the state file now. */
  save(): Promise<void>
  close(): Promise<void>
}

/** Opens a Klaviyo on this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0 } = options
  const clock = startClock(options.now)
  const world = new World({
    clock,
    choices: {
      ...strict,
      ...(options.repeats === undefined ? {} : { repeats: options.repeats }),
      ...options.choices,
    },
    limits: options.limits ?? true,
    visibleAfterMs: options.visibleAfterMs ?? 0,
    windowPhaseMs: options.windowPhaseMs ?? 0,
    random: options.random ?? Math.random,
  })
  let url = ''
  const webhooks = new WebhookDelivery(world, () => url)
  world.onAccount = (account) => webhooks.watch(account)
  const { stateFile } = options
  if (stateFile !== undefined) await loadState(world, stateFile)
  for (const account of options.accounts ?? (world.accounts.size === 0 ? [{}] : [])) {
    openAccount(world, account)
  }
  for (const app of options.apps ?? []) world.oauth.addApp(app)
  const keeper = stateFile === undefined ? undefined : new StateKeeper(world, stateFile)

  const server = createSimulatorServer(world, {
    base: () => url,
    extra: (request, response, body) =>
      answerOAuth(world, request, response, body) || answerFace(world, request, response, body),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  url = `http://${host}:${bound}`

  const accountOf = (id?: string): Account => {
    const account = id === undefined ? [...world.accounts.values()][0] : world.accounts.get(id)
    if (account === undefined) {
      throw new Error(
        id === undefined
          ? 'This simulator has no account yet: call addAccount.'
          : `This simulator has no account ${id}.`,
      )
    }
    return account
  }

  return {
    url,
    port: bound,
    account: (id) => handleOf(world, accountOf(id)),
    addAccount: (given = {}) => handleOf(world, world.addAccount(given)),
    events(metric, accountId) {
      world.settle()
      return heldEvents(accountOf(accountId), metric)
    },
    eventCount(accountId) {
      world.settle()
      return eventCountOf(accountOf(accountId))
    },
    profile(identifier, accountId) {
      world.settle()
      const profile = findProfile(accountOf(accountId), identifier)
      return profile === undefined ? undefined : heldProfile(profile)
    },
    profiles(accountId) {
      world.settle()
      return [...accountOf(accountId).profiles.all()].map((profile) => heldProfile(profile))
    },
    metrics(accountId) {
      world.settle()
      return accountOf(accountId).metrics.map((metric) => ({ ...metric }))
    },
    lists(accountId) {
      world.settle()
      const account = accountOf(accountId)
      return [...account.lists.values()].map((list) => ({
        ...list,
        members: [...account.profiles.all()]
          .filter((profile) => profile.lists[list.id] !== undefined)
          .map(({ id }) => id),
      }))
    },
    subscriptions(identifier, accountId) {
      world.settle()
      const profile = findProfile(accountOf(accountId), identifier)
      return profile === undefined ? undefined : subscriptionsOf(profile)
    },
    requests: (accountId) => world.log.list(accountId),
    counters(accountId) {
      world.settle()
      const accounts =
        accountId === undefined ? [...world.accounts.values()] : [accountOf(accountId)]
      return {
        ...world.log.counters(accountId),
        events: accounts.reduce((sum, account) => sum + eventCountOf(account), 0),
      }
    },
    standings: () => world.limiter.standings(clock.now()),
    answer: (path, fault, given = {}) => world.faults.add(path, fault, given),
    outage: (ms, fault = 503) => world.faults.outage(clock.now() + ms, fault),
    revokeKey: (key) => world.revokeKey(key),
    faults: () => world.faults.list(),
    clearFaults: () => world.faults.clear(),
    now: () => clock.now(),
    advance(ms) {
      clock.advance(ms)
      world.settle()
      webhooks.wake()
    },
    addApp: (given) => world.oauth.addApp(given),
    consent(authorizeUrl, { account, deny = false } = {}) {
      const result = world.oauth.readAuthorization(new URL(authorizeUrl).searchParams)
      if (result.type === 'refuse') throw new Error(result.message)
      if (result.type === 'redirect') return result.to
      return world.oauth.decide(result.authorization, deny ? undefined : accountOf(account))
    },
    uninstall: (clientId, accountId) => world.oauth.uninstall(clientId, accountOf(accountId).id),
    async save() {
      if (keeper === undefined) {
        throw new Error('This simulator keeps no state: start it with the option "stateFile".')
      }
      await keeper.save()
    },
    async close() {
      webhooks.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await keeper?.close()
    },
  }
}

/** Opens an account, unless the state file brought it: known by its id, or else by its key. */
function openAccount(world: World, options: AccountOptions): void {
  const { id, privateKey: key, scopes } = options
  const known = id === undefined ? undefined : world.accounts.get(id)
  if (known !== undefined) {
    if (key !== undefined) world.addKey(known, key, scopes)
  } else if (id !== undefined || key === undefined || world.accountOfKey(key) === undefined) {
    world.addAccount(options)
  }
}

function handleOf(world: World, account: Account): AccountHandle {
  return {
    id: account.id,
    name: account.name,
    publicKey: account.id,
    privateKey: account.privateKey,
    addKey: (key, scopes) => world.addKey(account, key, scopes),
    addList({ name, optIn = 'single_opt_in', id }) {
      const now = world.clock.now()
      const list = account.newList({ name, optIn, now, ...(id === undefined ? {} : { id }) })
      return { ...list }
    },
    confirmOptIn(identifier) {
      world.settle()
      return confirmOptIn(account, identifier, world.clock.now())
    },
    pendingOptIns() {
      world.settle()
      return [...account.pendingOptIns]
    },
  }
}

function findProfile(account: Account, identifier: string): Profile | undefined {
  const byId = account.profiles.byId(identifier)
  if (byId !== undefined) return byId
  for (const key of identifierKeys) {
    const found = account.profiles.find(
      key,
      key === 'email' ? identifier.toLowerCase() : identifier,
    )
    if (found !== undefined) return found
  }
  return undefined
}

function heldProfile(profile: Profile): HeldProfile {
  const { place: _place, also: _also, consent: _consent, lastEvent: _lastEvent, ...rest } = profile
  return {
    ...rest,
    location: profile.location === undefined ? null : { ...profile.location },
    properties: { ...profile.properties },
    subscriptions: subscriptionsOf(profile),
    lists: Object.keys(profile.lists),
  }
}

function eventCountOf(account: Account): number {
  return account.metrics
    .filter(({ integration }) => integration !== account.klaviyoIntegration)
    .reduce((sum, { count }) => sum + count, 0)
}

function heldEvents(account: Account, metricName: string | undefined): readonly HeldEvent[] {
  const held: HeldEvent[] = []
  const people = new Map<number, HeldProfile>()
  for (let place = 0; place < account.events.count; place += 1) {
    const metric = account.metrics[account.events.metricOf(place)]
    if (metric === undefined) continue
    if (metricName === undefined) {
      if (metric.integration.key === 'klaviyo') continue
    } else if (metric.name !== metricName) {
      continue
    }
    const event = account.events.get(place)
    const profile = event === undefined ? undefined : account.profiles.at(event.profile)
    if (event === undefined || profile === undefined) continue
    let person = people.get(profile.place)
    if (person === undefined) {
      person = heldProfile(profile)
      people.set(profile.place, person)
    }
    held.push({
      metric: metric.name,
      metricId: metric.id,
      integration: metric.integration.key,
      unique_id: event.uniqueId,
      value: event.value,
      value_currency: event.currency,
      properties: JSON.parse(event.properties) as JsonObject,
      time: writeTime(event.timeMs),
      timeMs: event.timeMs,
      receivedMs: event.receivedMs,
      backfill: event.backfill,
      profileId: profile.id,
      profile: person,
      receivedOrder: place,
    })
  }
  return held
}
