import { isUnsigned } from '../browser.ts'
import type { Action, ProfileInput } from '../action.ts'
import type { Connection } from '../connection.ts'
import type { Event, Identifiers, Journaled, JsonObject } from '../event.ts'
import { addressesGiven } from '../identity.ts'
import { consentIn, consentNeed } from '../consent.ts'
import { objectOf } from '../json.ts'
import type { Kit } from '../kit.ts'
import type { Mapper, Plan } from '../mapper.ts'
import type { ReasonCode } from '../reason.ts'
import { type Compiled, compileMapping } from './compile.ts'
import { eventNameOf } from './event-name.ts'
import { Notes } from './fit.ts'
import { mappings, sameName } from './index.ts'
import type { MetricMapping } from './mapping.ts'
import { mappingsOf } from './own-mappings.ts'
import { isByBot } from './bots.ts'
import { activeOnSite } from './browsing.ts'
import { isUnreadable } from '../moment.ts'
import { linkOf } from './link.ts'
import { klaviyoIn, patchOf } from './patch.ts'
import { profileOf } from './profile.ts'
import { compileRules, type Ruling } from './rules.ts'
import { attributionGroupsOf } from './session.ts'
import { subscriptionOf } from './subscription.ts'

/**
 * A connection's routing and mapping, compiled once per version of its settings. Decides in this order:
 * is the connection on, do the rules let the event through, is its function on, is the person known
 * well enough; and only then maps it.
 *
 * `scopes`: those that the credentials were asked for. What needs another one is not tried (C15).
 */
export function mapperOf(connection: Connection, kit: Kit, scopes?: ReadonlySet<string>): Mapper {
  const { settings } = connection
  const rules = compileRules(settings, kit)
  const compiledOf = compileMappings(connection, kit)
  const routes = new Map<string, Route>()
  /** Of what the rules have let through by itself. */
  const sentRoutes = new Map<string, NamedRoute>()
  const needsConsent = consentNeed(settings)
  const mayWriteEvents = scopes === undefined || scopes.has('events:write')
  const mayWriteProfiles = scopes === undefined || scopes.has('profiles:write')
  const maySubscribe =
    scopes === undefined || (scopes.has('subscriptions:write') && scopes.has('profiles:write'))

  return { plan }

  function plan(journaled: Journaled): Plan {
    if (connection.state === 'disconnected') return ended.disconnected
    if (connection.workspaceOff === true) return ended.workspace_off
    if (!settings.enabled) return ended.connection_off
    const { event } = journaled
    if (isForOthers(event)) return ended.event_not_listed
    const context = objectOf(event.context)
    const consent = context === undefined ? undefined : consentIn(context)
    if (consent === false) return ended.consent_denied
    if (consent === undefined && needsConsent(event)) return ended.consent_missing
    if (context !== undefined && !settings.adminTracking && isByStaff(context)) {
      return ended.staff_traffic
    }
    switch (event.type) {
      case 'identify':
      case 'group':
        return planCall(journaled)
      case 'alias':
        // Who is who was noted when it was received.
        return ended.nothing_to_send
      case 'track':
      case 'page':
      case 'screen':
        return planRoute(journaled, routeOf(event))
      default:
        return ended.nothing_to_send
    }
  }

  function planRoute(journaled: Journaled, route: Route): Plan {
    return route === 'by event' ? planRuled(journaled) : planMetric(journaled, route)
  }

  /** Who people are: rules are asked only where one is for such calls. */
  function planCall(journaled: Journaled): Plan {
    const { type } = journaled.event
    const ruling = type === 'identify' || type === 'group' ? rules.ofName(type, type) : undefined
    if (ruling === undefined) return planRuled(journaled)
    return ruling.type === 'send' ? planPerson(journaled) : endOf(ruling)
  }

  /** What the rules make of this one event. */
  function planRuled(came: Journaled): Plan {
    const { ruling, journaled, by } = rules.of(came)
    const planned = ruling.type === 'send' ? planSent(journaled) : endOf(ruling)
    return by.length === 0 ? planned : { ...planned, by }
  }

  function planSent(journaled: Journaled): Plan {
    const { event } = journaled
    if (event.type === 'identify' || event.type === 'group') return planPerson(journaled)
    return planMetric(
      journaled,
      remembered(sentRoutes, event, (name) => findMapped(event, name)),
    )
  }

  /** How events of that name go; decided once a name. */
  function routeOf(event: Event): Route {
    return remembered(routes, event, (name) => findRoute(event, name))
  }

  function findRoute(event: Event, name: string): Route {
    if (event.type === 'track' && event.event === browserReport)
      return { end: ended.browser_report }
    const ruling = event.type === 'alias' ? undefined : rules.ofName(event.type, name)
    if (ruling === undefined) return 'by event'
    return ruling.type === 'send' ? findMapped(event, name) : { end: endOf(ruling) }
  }

  function findMapped(event: Event, name: string): NamedRoute {
    if (event.type === 'page' && !settings.pages) return { end: ended.event_disabled }
    const compiled = compiledOf(event.type === 'page' ? activeOnSite.metric : name)
    if (compiled === undefined) return { end: ended.no_rule }
    const metric = compiled.metric === '' ? name.trim() : compiled.metric
    if (metric === '' || metric.length > maxMetricLength || !metric.isWellFormed()) {
      return { end: ended.metric_name_invalid }
    }
    const own = isOn(metric)
    const fanOut = compiled.fanOut !== undefined && isOn(compiled.fanOut.metric)
    if (!own && !fanOut) return { end: ended.event_disabled }
    return {
      compiled,
      metric,
      own,
      fanOut,
      serverOnly: compiled.ofShop || fanOut || serverMetrics.has(metric),
    }
  }

  function isOn(name: string): boolean {
    return !Object.hasOwn(settings.switches, name) || settings.switches[name] !== false
  }

  function planMetric(journaled: Journaled, route: NamedRoute): Plan {
    if ('end' in route) return route.end
    const { browser } = journaled.event
    if (route.serverOnly && browser?.order === false) return ended.browser_unsigned
    if (!settings.botTracking && !route.serverOnly && isByBot(journaled.event)) {
      return ended.bot_traffic
    }
    if (isToldElsewhere(journaled.event)) return ended.active_elsewhere
    const { needsEmail } = route.compiled
    const link = needsEmail ? undefined : linkOf(journaled, settings)
    const stop = link === undefined ? identityFault(journaled, needsEmail) : undefined
    if (stop !== undefined) return ended[stop]
    if (!mayWriteEvents) return ended.scope_not_asked
    if (isOutOfRange(journaled)) return ended.time_out_of_range
    const notes = new Notes()
    const { compiled, metric } = route
    const { event } = journaled
    if (isUnreadable(event)) notes.add('time_left_out')
    const profile = link ?? personIn(journaled, compiled, notes)
    const actions: Action[] = []
    if (route.own) actions.push(compiled.event(journaled, metric, profile, notes))
    if (route.fanOut) {
      for (const action of compiled.fanOut!.events(journaled, profile, notes)) actions.push(action)
    }
    if (actions.length === 0) return ended.nothing_to_send
    return { type: 'send', actions, notes: notes.list ?? none }
  }

  function personIn(journaled: Journaled, compiled: Compiled, notes: Notes): ProfileInput {
    const groups = compiled.groups(journaled, notes)
    if (!settings.attribution) return personOf(journaled, notes, groups)
    return personOf(journaled, notes, [...groups, ...attributionGroupsOf(journaled.event, notes)])
  }

  /** Identify and group calls: the profile, and the subscription where one is asked for. */
  function planPerson(journaled: Journaled): Plan {
    const { event } = journaled
    const unsigned = isUnsigned(event)
    const said = subscriptionOf(event, settings)
    if (unsigned && said !== undefined && event.type === 'group') return ended.browser_unsigned
    const asked = unsigned ? undefined : said
    const wantsProfile = event.type === 'identify'
    if (!wantsProfile && asked === undefined) return ended.nothing_to_send
    if (!settings.botTracking && isByBot(event)) return ended.bot_traffic
    const profiles = wantsProfile && isOn('profiles')
    const subscribes = asked !== undefined && isOn('subscriptions')
    if (!profiles && !subscribes) return ended.event_disabled
    const stop = identityFault(journaled)
    if (stop !== undefined) return ended[stop]

    const notes = new Notes()
    if (unsigned && said !== undefined) notes.add('unsigned_left_out')
    const groups = settings.attribution ? attributionGroupsOf(event, notes) : undefined
    const profile = personOf(journaled, notes, groups, patchOf(event))
    const actions: Action[] = []
    if (profiles && mayWriteProfiles) actions.push({ type: 'profile', profile })
    if (subscribes) {
      const { email, phone } = profile.identifiers
      const channels = asked.channels.filter(
        (channel) => (channel === 'email' ? email : phone) !== undefined,
      )
      if (maySubscribe && channels.length > 0) {
        const { identifiers } = profile
        actions.push(
          asked.listId === undefined
            ? { type: 'subscribe', profile: { identifiers }, channels }
            : { type: 'subscribe', profile: { identifiers }, channels, listId: asked.listId },
        )
      }
      if (!maySubscribe || channels.length < asked.channels.length) {
        notes.add('subscription_left_out')
      }
    }
    if (actions.length > 0) return { type: 'send', actions, notes: notes.list ?? none }
    if (profiles) return ended.kept_for_next_event
    return maySubscribe ? ended.nothing_to_send : ended.scope_not_asked
  }

  function personOf(
    { event, identifiers }: Journaled,
    notes: Notes,
    groups: ProfileInput['groups'],
    patch?: ProfileInput['patch'],
  ): ProfileInput {
    noteAddresses(event, identifiers, notes)
    const { attribution, flatten, emailAsPrimary, sendGuestsAtOnce } = settings
    const shown = sendGuestsAtOnce ? identifiers : withoutVisitor(identifiers)
    const given = { attribution, flatten, patch, ...(groups === undefined ? {} : { groups }) }
    if (!emailAsPrimary || shown.externalId === undefined) {
      return profileOf(event, shown, notes, given)
    }
    const { externalId: _id, ...named } = shown
    const profile = profileOf(event, named, notes, given)
    return { ...profile, properties: { _id, ...profile.properties } }
  }

  /** Why the event cannot go by the connection's identity policy (C1); undefined: it can. */
  function identityFault(
    { event, identifiers }: Journaled,
    needsEmail = false,
  ): EndCode | undefined {
    const { email, phone, externalId, anonymousId } = identifiers
    if (email !== undefined) return undefined
    const known = phone !== undefined || externalId !== undefined
    const emailOnly = needsEmail || settings.identity === 'email-only'
    const named = phone !== undefined || (known && !settings.emailAsPrimary)
    if (named && !emailOnly) return undefined
    if (!known && settings.identity === 'anonymous-allowed' && anonymousId !== undefined) {
      return settings.sendGuestsAtOnce && !needsEmail ? undefined : 'anonymous_waiting'
    }
    if (emailOnly) return addressesGiven(event).email ? 'invalid_email' : 'no_identifier'
    const given = addressesGiven(event)
    if (given.email) return 'invalid_email'
    return given.phone ? 'invalid_phone' : 'no_identifier'
  }
}

/** `by event`: a rule looks at the event itself, or changes it. */
type Route = 'by event' | NamedRoute

type NamedRoute =
  | { readonly end: Plan }
  | {
      readonly compiled: Compiled
      readonly metric: string
      /** The metric itself is switched on; its lines are. */
      readonly own: boolean
      readonly fanOut: boolean
      /** A browser may say it only with the server's signature. */
      readonly serverOnly: boolean
    }

/** The event of the browser SDK that says whether Klaviyo's script took a login (W31). */
export const browserReport = 'klaviyo.identify'
/** What happens to orders and contracts is the shop's to say. */
const serverMetrics: ReadonlySet<string> = new Set(
  mappings
    .filter(({ object }) => object === 'order' || object === 'subscription')
    .map(({ metric }) => metric),
)

const maxRoutes = 2_000
const maxKeyLength = 200
/** Create Event: fewer than 128 characters. */
const maxMetricLength = 127
const yearMs = 366 * 86_400_000
const start1990 = Date.UTC(1990, 0, 1)
const none: readonly ReasonCode[] = []

type EndCode = keyof typeof ended
type End = Extract<Plan, { type: 'end' }>

function end<Code extends ReasonCode>(reason: Code): End & { readonly reason: Code } {
  return { type: 'end', reason }
}

/** Made once: most events of a busy guest end the same way. */
const ended = {
  disconnected: end('disconnected'),
  connection_off: end('connection_off'),
  workspace_off: end('workspace_off'),
  event_not_listed: end('event_not_listed'),
  rule_dropped: end('rule_dropped'),
  no_rule: end('no_rule'),
  browser_unsigned: end('browser_unsigned'),
  browser_report: end('browser_report'),
  consent_denied: end('consent_denied'),
  consent_missing: end('consent_missing'),
  staff_traffic: end('staff_traffic'),
  bot_traffic: end('bot_traffic'),
  active_elsewhere: end('active_elsewhere'),
  event_disabled: end('event_disabled'),
  no_identifier: end('no_identifier'),
  invalid_email: end('invalid_email'),
  invalid_phone: end('invalid_phone'),
  anonymous_waiting: end('anonymous_waiting'),
  scope_not_asked: end('scope_not_asked'),
  kept_for_next_event: end('kept_for_next_event'),
  nothing_to_send: end('nothing_to_send'),
  time_out_of_range: end('time_out_of_range'),
  metric_name_invalid: end('metric_name_invalid'),
}

function endOf(ruling: Exclude<Ruling, { type: 'send' }>): Plan {
  return ruling.type === 'drop' ? { ...ended.rule_dropped, detail: ruling.rule } : ended.no_rule
}

/** Names may be made up without end; those of a shop are few. */
function remembered<R>(routes: Map<string, R>, event: Event, find: (name: string) => R): R {
  const name = eventNameOf(event)
  const key = event.type === 'track' ? name : `${event.type}:${name}`
  const known = routes.get(key)
  if (known !== undefined) return known
  const route = find(name)
  if (routes.size < maxRoutes && key.length <= maxKeyLength) routes.set(key, route)
  return route
}

/** The built-in mappings with the connection's changes to them, each compiled when it is first met. */
function compileMappings(connection: Connection, kit: Kit): (name: string) => Compiled | undefined {
  const { settings } = connection
  const byName = mappingsOf(settings.mappings)
  const compiled = new Map<MetricMapping, Compiled>()
  const passed = settings.passUnknown ? compileMapping({ metric: '' }, connection, kit) : undefined
  return (name) => {
    const mapping = byName.get(sameName(name))
    if (mapping === undefined) return passed
    let known = compiled.get(mapping)
    if (known === undefined) {
      known = compileMapping(mapping, connection, kit)
      compiled.set(mapping, known)
    }
    return known
  }
}

/** `integrations` of the call leaves Klaviyo out. */
function isForOthers(event: Event): boolean {
  const integrations = objectOf(event['integrations'])
  if (integrations === undefined) return false
  const klaviyo = klaviyoIn(integrations)
  if (klaviyo === false) return true
  const all = integrations['All'] ?? integrations['all']
  return all === false && (klaviyo === undefined || klaviyo === null)
}

/** The shop's own people, or an admin who is signed in as the customer (Z19): shops say so in the context. */
function isByStaff(context: JsonObject): boolean {
  return context['staff'] === true || context['impersonated'] === true
}

/** A page view that the SDK says is not the one for `Active on Site`. */
function isToldElsewhere({ type, context }: Event): boolean {
  return type === 'page' && context?.['activeOnSite'] === false
}

function isOutOfRange({ occurredAt, receivedAt }: Journaled): boolean {
  return occurredAt < start1990 || occurredAt > receivedAt + yearMs
}

/**
 * A visitor id goes along only where nothing else names the person: Klaviyo joins profiles that share
 * an identifier, and two people may share a browser.
 */
function withoutVisitor(identifiers: Identifiers): Identifiers {
  const { anonymousId, ...known } = identifiers
  if (anonymousId === undefined) return identifiers
  return known.email === undefined && known.phone === undefined && known.externalId === undefined
    ? identifiers
    : known
}

function noteAddresses(event: Event, { email, phone }: Identifiers, notes: Notes): void {
  if (email !== undefined && phone !== undefined) return
  const given = addressesGiven(event)
  if (given.email && email === undefined) notes.add('email_left_out')
  if (given.phone && phone === undefined) notes.add('phone_left_out')
}
