import type { ReasonCode } from '../../src/core/index.ts'
import type { CursorModel } from './journal.ts'
import type { Effect, ModelKlaviyo } from './klaviyo.ts'
import type { Sent } from './shop.ts'
import type { World } from './world.ts'

/** What has to be true when everything is over (I1 to I6 of the fault list, and what the ports promise). */
export function check(world: World): void {
  const sent = new Map(world.shops.flatMap((shop) => shop.sent.map((one) => [one.message, one])))
  for (const shop of world.shops) {
    const stored = new Set(
      (['live', 'backfill'] as const).flatMap((lane) =>
        [
          ...world.journal
            .laneOf({ workspaceId: 'wsp_1', sourceId: shop.sourceId, lane })
            .events.values(),
        ].map(({ journaled }) => journaled.messageId),
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
    const aside = world.aside.has(`${key.connectionId} ${key.lane} ${seq}`)
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
  }
  checkOrder(world, cursor, straight, seen)
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
    const there = plans.some(
      (plan) =>
        plan.type === 'send' &&
        plan.actions.every(
          (action) =>
            action.type !== 'event' || account.effects.has(`${action.metric} ${action.uniqueId}`),
        ),
    )
    return there ? undefined : 'it is not at Klaviyo'
  }
  if (byte === 'anonymous_waiting') {
    const isKnown = turnOf(world, cursor, one, seq) > seq
    const off = versions.some(({ settings, state }) => !settings.enabled || state !== 'connected')
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
