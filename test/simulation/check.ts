import { lanes } from '../../src/core/index.ts'
import type { Action, ReasonCode } from '../../src/core/index.ts'
import type { CursorModel } from './journal.ts'
import type { Effect, ModelKlaviyo } from './klaviyo.ts'
import type { Sent } from './shop.ts'
import type { World } from './world.ts'

/** What has to be true when everything is over (I1 to I6 of the fault list, and what the ports promise). */
export function check(world: World): void {
  const sent = new Map(world.shops.flatMap((shop) => shop.sent.map((one) => [one.message, one])))
  for (const shop of world.shops) {
    const stored = new Set(
      lanes.flatMap((lane) =>
        [...world.journal.laneOf(shop.in(lane)).events.values()].map(
          ({ journaled }) => journaled.messageId,
        ),
      ),
    )
    for (const { message } of shop.sent)
      if (world.confirmed.has(message) && !stored.has(message))
        world.fault(`${message} was confirmed and is not in the journal.`)
  }
  for (const cursor of world.journal.cursors.values()) checkConnection(world, cursor, sent)
}

function checkConnection(world: World, cursor: CursorModel, sent: ReadonlyMap<string, Sent>): void {
  const { key } = cursor
  const accountId = cursor.accountId
  const account = world.accounts.get(accountId)
  if (account === undefined) {
    if (cursor.seq > cursor.start) world.fault(`${key.connectionId} was settled for nobody.`)
    return
  }
  const rows = world.journal.laneOf(key)
  const seen = effectsOf(account)
  const told = attemptedIn(cursor)
  const described = new Map<number, number>()
  const late = new Set<number>()
  const straight: {
    readonly message: string
    readonly place: readonly number[]
    readonly who: number
  }[] = []
  for (let seq = cursor.start + 1; seq <= rows.head; seq += 1) {
    const row = rows.events.get(seq)
    const byte = cursor.bytes.get(seq)
    const one = row === undefined ? undefined : sent.get(row.journaled.messageId)
    if (row === undefined || one === undefined) {
      world.fault(`Event ${seq} of ${key.sourceId} ${key.lane} is gone.`)
      continue
    }
    const about = `${key.connectionId} ${key.lane} ${seq} (${one.message}, ${one.kind}${one.poison === undefined ? '' : `, ${one.poison}`})`
    if (byte === undefined) {
      world.fault(`${about} has no outcome.`)
      continue
    }
    const wrong = faultOf(world, cursor, account, seen, one, seq, byte)
    if (wrong !== undefined) world.fault(`${about} is ${byte}: ${wrong}`)
    if (byte.startsWith('accepted') && !told.has(seq))
      world.fault(`${about} is ${byte}, and no attempt says how it got there.`)
    if (byte.startsWith('accepted') && isProfile(one) && one.poison === undefined)
      described.set(one.who, seq)
    const name = `${key.connectionId} ${key.lane} ${seq}`
    const aside = world.aside.has(name) || world.journal.asked.has(name)
    const effects = seen.get(one.message) ?? []
    // It may have left the road on a node that died before it could say so.
    const failed = (account.failed.get(one.message) ?? 0) >= 7
    const firstAt = effects.length === 0 ? 0 : Math.min(...effects.map(({ at }) => at))
    const revived = world.isRevived(key.connectionId, one.message, firstAt)
    if (!aside && !failed && !revived && effects.length > 0 && byte.startsWith('accepted')) {
      straight.push({
        message: one.message,
        who: one.who,
        place: [turnOf(world, cursor, one, seq), seq],
      })
    }
    if (!aside) checkTwice(world, about, effects)
    else if (isProfile(one)) late.add(one.who)
  }
  checkOrder(world, cursor, straight, seen)
  for (const [who, seq] of described)
    if (!late.has(who) && !account.overwritten.has(`${who}`))
      checkProfile(world, cursor, account, who, seq)
}

/** Events that an attempt says to have got through, or to have been there already. */
function attemptedIn({ attempts }: CursorModel): ReadonlySet<number> {
  const told = new Set<number>()
  for (const { status, fromSeq, toSeq, seqs } of attempts) {
    if (status !== 202 && status !== 400) continue
    if (seqs !== undefined) for (const seq of seqs) told.add(seq)
    else for (let seq = fromSeq; seq <= toSeq; seq += 1) told.add(seq)
  }
  return told
}

/** Nothing older than the last that a person said, and that was accepted, is what Klaviyo knows in the end. */
function checkProfile(
  world: World,
  { key }: CursorModel,
  account: ModelKlaviyo,
  who: number,
  seq: number,
): void {
  const message = account.profiles.get(`${who}`)
  const { events } = world.journal.laneOf(key)
  const said = [...events].find(([, { journaled }]) => journaled.messageId === message)?.[0] ?? 0
  if (said >= seq) return
  const last = events.get(seq)?.journaled.messageId
  world.fault(`${key.connectionId}: ${last} was accepted, and the profile says ${message}.`)
}

function effectsOf(account: ModelKlaviyo): Map<string, Effect[]> {
  const seen = new Map<string, Effect[]>()
  for (const effect of account.effects.values()) {
    const list = seen.get(effect.message)
    if (list === undefined) seen.set(effect.message, [effect])
    else list.push(effect)
  }
  return seen
}

/** Which event's turn it was in: its own, or that of the login which made the visitor known. */
function turnOf(world: World, { key }: CursorModel, { who }: Sent, seq: number): number {
  const row = world.journal.laneOf(key).events.get(seq)
  if (row?.guest !== true) return seq
  const link = world.journal.linkOf(key, `v${who}`)
  return link !== undefined && link > seq ? link : seq
}

/** Why this outcome cannot be right; undefined: it can. */
function faultOf(
  world: World,
  cursor: CursorModel,
  account: ModelKlaviyo,
  seen: ReadonlyMap<string, readonly Effect[]>,
  one: Sent,
  seq: number,
  byte: ReasonCode,
): string | undefined {
  const { key } = cursor
  const row = world.journal.laneOf(key).events.get(seq)
  if (row === undefined) return 'it is gone'
  const exception = cursor.exceptions.get(seq)
  const versions = world.versions.get(key.connectionId) ?? []
  // As whoever sends it: a guest by then has the name of the login.
  const known = { ...row.journaled, identifiers: { email: `p${one.who}@example.com` } }
  const plans = versions.flatMap((version) => {
    const mapper = world.mapperOf(version)
    return [mapper.plan(known), mapper.plan(row.journaled)]
  })
  if (exception !== undefined && exception.state !== 'kept') return 'its exception still waits'
  if (exception === undefined && byte === 'exception') return 'it has no exception'
  if (exception !== undefined && exception.reason !== byte)
    return `its exception says ${exception.reason}`
  if (byte.startsWith('accepted')) {
    if (one.poison !== undefined)
      return one.kind === 'identify' ? undefined : 'Klaviyo never takes it'
    const there = plans.some((plan) =>
      plan.type === 'send'
        ? plan.actions.every((action) => isThere(account, action))
        : plan.reason === 'kept_for_next_event',
    )
    return there ? undefined : 'it is not at Klaviyo'
  }
  if (byte === 'anonymous_waiting') {
    const isKnown = turnOf(world, cursor, one, seq) > seq
    const off = versions.some(
      ({ settings, state }) => !settings.enabled || state === 'disconnected',
    )
    return isKnown && !off ? 'its visitor is known by now' : undefined
  }
  if (byte === 'klaviyo_rejected' || byte === 'rejected_after_retry') {
    // What a person says of itself goes together: with one of them bad, all of it is.
    const together = [...account.rejected].some((message) => message.startsWith(`${one.who}-`))
    const may = isProfile(one) ? together : account.rejected.has(one.message)
    return may ? undefined : 'Klaviyo never rejected it'
  }
  if (byte === 'retries_exhausted' || byte === 'single_failure') {
    // A whole batch goes there after its quick tries.
    if (world.faults.patience === 'cycle') return undefined
    const times = account.failed.get(one.message) ?? 0
    return times >= 3 ? undefined : `it failed ${times} times`
  }
  const may = plans.some((plan) => plan.type === 'end' && plan.reason === byte)
  return may ? undefined : 'no version of the settings says so'
}

/** Whether it did what it was to do; what a profile says in the end is looked at elsewhere. */
function isThere(account: ModelKlaviyo, action: Action): boolean {
  const { email } = action.profile.identifiers
  if (action.type === 'event') return account.effects.has(`${action.metric} ${action.uniqueId}`)
  return action.type === 'profile' || (email !== undefined && account.joined.has(email))
}

function isProfile({ kind }: Sent): boolean {
  return kind === 'identify' || kind === 'login'
}

/** What an announced batch carried is counted under one metric, whatever the mapping is meanwhile. */
function checkTwice(world: World, about: string, effects: readonly Effect[]): void {
  const first = new Map<string, Effect>()
  for (const effect of effects.toSorted((a, b) => a.place - b.place)) {
    const before = first.get(effect.uniqueId)
    if (before === undefined) first.set(effect.uniqueId, effect)
    else if (before.metric !== effect.metric && before.way === 'events')
      world.fault(`${about} counts twice: as ${before.metric} and as ${effect.metric}.`)
  }
}

function checkOrder(
  world: World,
  { key }: CursorModel,
  straight: readonly {
    readonly message: string
    readonly place: readonly number[]
    readonly who: number
  }[],
  seen: ReadonlyMap<string, readonly Effect[]>,
): void {
  const people = new Map<
    number,
    { readonly message: string; readonly place: readonly number[] }[]
  >()
  for (const one of straight) {
    const list = people.get(one.who)
    if (list === undefined) people.set(one.who, [one])
    else list.push(one)
  }
  for (const list of people.values()) {
    const sorted = list.toSorted(
      ({ place: [a = 0, b = 0] }, { place: [c = 0, d = 0] }) => a - c || b - d,
    )
    let last = -1
    let before = ''
    for (const { message } of sorted) {
      const first = Math.min(...(seen.get(message) ?? []).map(({ place }) => place))
      if (first < last)
        world.fault(
          `${key.connectionId} ${key.lane}: ${message} counts before ${before}, which comes first.`,
        )
      last = first
      before = message
    }
  }
}
