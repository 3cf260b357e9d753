import type { Engine, MetricMapping } from '../../src/core/index.ts'
import { check } from './check.ts'
import { stormOf } from './faults.ts'
import type { Node } from './node.ts'
import { epoch } from './node.ts'
import type { Mutant } from './world.ts'
import { World } from './world.ts'

/** What came of one seed. */
export interface Played {
  readonly seed: number
  readonly wrong: readonly string[]
  readonly trace: readonly string[]
  readonly steps: number
}

const maxSteps = 400_000
/** After the faults are over: so long until everything has to have arrived. */
const patienceMs = 4 * 3_600_000

/** Plays one seed: a time of faults, a time without, then looks whether everything is right. */
export async function play(
  seed: number,
  { mutant, tracing = false }: { readonly mutant?: Mutant; readonly tracing?: boolean } = {},
): Promise<Played> {
  const world = new World(seed, mutant, tracing)
  try {
    await world.furnish()
    await suffer(world)
    await heal(world)
    if (world.wrong.length === 0) check(world)
    if (world.wrong.length === 0) await leave(world)
  } catch (error) {
    world.fault(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { seed, wrong: world.wrong, trace: world.lines, steps: world.schedule.steps }
}

async function suffer(world: World): Promise<void> {
  const { chance, faults, schedule } = world
  for (let number = 0; number < faults.nodes; number += 1) world.start()
  const lastsMs = chance.pick([3000, 20_000, 90_000])
  const events = chance.pick([5, 30, 100])
  let left = events
  let over = false
  schedule.after(lastsMs, () => (over = true))
  const shopping = (): void => {
    if (left <= 0) return
    const count = Math.min(left, chance.happens(0.7) ? chance.whole(1, 3) : chance.whole(4, 40))
    left -= count
    world.post(chance.pick(world.shops), count)
    schedule.after(chance.span(0, (2 * lastsMs * count) / events), shopping)
  }
  shopping()
  const misfortune = (): void => {
    if (over) return
    befall(world)
    schedule.after(chance.span(10, 4000), misfortune)
  }
  misfortune()
  await schedule.play(() => over || world.wrong.length > 0, maxSteps)
}

/** Something happens to a node, to Klaviyo or to the database, or somebody does something. */
function befall(world: World): void {
  const { chance, faults, schedule } = world
  const node = world.alive.length === 0 ? undefined : chance.pick(world.alive)
  if (node !== undefined && chance.happens(faults.kills)) {
    world.trace(() => `${node.id} is killed`)
    node.kill()
    world.forget()
    schedule.after(faults.alone ? 1 : chance.span(1, 2 * faults.leaseMs), () => world.start())
    return
  }
  if (node?.engine !== undefined && !node.paused && chance.happens(faults.stops)) {
    world.trace(() => `${node.id} is told to stop`)
    const { engine } = node
    node.engine = undefined
    void stop(world, node, engine)
    return
  }
  if (node !== undefined && chance.happens(faults.pauses)) {
    const ms = chance.span(10, 3 * faults.leaseMs)
    world.trace(() => `${node.id} is paused for ${Math.round(ms)} ms`)
    node.pause(ms)
    return
  }
  if (node !== undefined && faults.clockJumps && chance.happens(0.1))
    node.skewMs = chance.whole(-3_600_000, 3_600_000)
  if (faults.storm === undefined && chance.happens(0.1)) {
    faults.storm = stormOf(chance)
    world.trace(() => `storm: ${faults.storm}`)
    schedule.after(chance.span(100, 30_000), () => {
      faults.storm = undefined
      world.trace(() => 'the storm is over')
    })
    return
  }
  if (!faults.away && chance.happens(0.03)) {
    faults.away = true
    world.trace(() => 'the journal is away')
    schedule.after(chance.span(100, 20_000), () => {
      faults.away = false
      world.trace(() => 'the journal is back')
    })
    return
  }
  void operate(world)
}

async function stop(world: World, node: Node, engine: Engine): Promise<void> {
  try {
    await engine.stop()
    world.trace(() => `${node.id} has stopped`)
  } catch (error) {
    if (!String(error).includes('It is away')) world.fault(`It does not stop: ${String(error)}`)
  }
  if (node.dead) return
  node.kill()
  world.forget()
  world.start()
}

/** What an operator may do. Told to one node; the others find out. */
async function operate(world: World): Promise<void> {
  const { chance, faults, journal } = world
  const { config } = journal
  const key = chance.pick(world.keys)
  const { connectionId, workspaceId } = key
  const connection = (await config.connections()).find(({ id }) => id === connectionId)
  if (connection === undefined) return
  if (faults.revoking && chance.happens(0.1)) {
    const [account] = [...world.accounts.values()]
    if (account !== undefined) {
      world.trace(() => `the key of ${account.accountId} is revoked`)
      account.key = `${account.key}'`
    }
  } else if (faults.revoking && chance.happens(0.3)) {
    await mend(world)
  } else if (faults.forbidding && chance.happens(0.2)) {
    const account = chance.pick([...world.accounts.values()])
    const way = chance.pick(['profile', 'profiles', 'events', 'event', 'subscribe'] as const)
    world.trace(() => `${account.accountId} forbids ${way}`)
    account.forbidden.add(way)
  } else if (faults.changes && chance.happens(0.4)) {
    const { settings } = connection
    const changed = {
      ...settings,
      ...chance.pick([
        { requestsPerSecond: chance.whole(1, 20) },
        { lateAfterMs: chance.pick([0, 10_000, 86_400_000]) },
        renamed(chance.happens(0.5)),
        renamed(chance.happens(0.5)),
      ]),
    }
    world.trace(() => `${connectionId} is changed`)
    await config.changeSettings(workspaceId, connectionId, changed)
  } else if (faults.changes && chance.happens(0.2)) {
    const state = connection.state === 'paused' ? 'connected' : 'paused'
    world.trace(() => `${connectionId} is ${state}`)
    await config.changeState(workspaceId, connectionId, state)
  } else if (faults.disconnecting && chance.happens(0.15)) {
    const state = connection.state === 'disconnected' ? 'connected' : 'disconnected'
    world.trace(() => `${connectionId} is ${state}`)
    await config.changeState(workspaceId, connectionId, state)
  } else if (faults.switching && chance.happens(0.2)) {
    const { settings } = connection
    const changed = {
      ...settings,
      ...chance.pick([
        { enabled: !settings.enabled },
        { switches: { 'Gift Wrapped': chance.happens(0.5) } },
        { switches: { profiles: chance.happens(0.5) } },
        { rules: [{ name: 'No steps', events: ['Step'], decision: 'drop' as const }] },
        { rules: [] },
      ]),
    }
    world.trace(() => `${connectionId} is switched ${JSON.stringify(changed)}`)
    await config.changeSettings(workspaceId, connectionId, changed)
  } else if (faults.replays && chance.happens(0.2)) {
    const now = epoch + Math.floor(world.schedule.now)
    const reason = chance.pick(['all', 'accepted', 'klaviyo_rejected', 'some'] as const)
    if (reason === 'some') {
      const seqs = Array.from({ length: 5 }, () => chance.whole(1, 60))
      const count = await journal.replay(key, seqs, now)
      world.trace(() => `replay of ${connectionId} ${key.lane} ${JSON.stringify(seqs)}: ${count}`)
    } else {
      const id = `run_${world.schedule.steps}`
      const asked = { id, act: 'replay', ...(reason === 'all' ? {} : { reason }) } as const
      const { errand, begun } = await journal.begin(key, asked, now)
      world.trace(() => `${begun ? 'begins' : 'runs already'}: ${JSON.stringify(errand)}`)
      if (!begun && chance.happens(0.3)) await journal.cancel(key, errand.id, now)
    }
  } else return
  await world.noteVersions()
  if (world.alive.length > 0) tellNode(world)
}

/** Late binding: what waits goes under another name, and what may have been sent must not. */
function renamed(otherwise: boolean): { readonly mappings: Record<string, MetricMapping | null> } {
  const stride = { metric: 'Stride', events: ['Step'], object: 'event', id: 'messageId' } as const
  return { mappings: { Step: otherwise ? stride : null } }
}

/** The wish reaches one of the nodes. */
function tellNode(world: World): void {
  const node = world.chance.pick(world.alive)
  node.after(1, () => {
    node.engine?.reload().catch((error: unknown) => {
      if (!String(error).includes('It is away')) world.fault(`Reload: ${String(error)}`)
    })
  })
}

/** New keys, and permissions, for every account. */
async function mend(world: World): Promise<void> {
  const { config } = world.journal
  for (const row of await config.destinations()) {
    const account = world.accounts.get(row.accountId)
    if (account === undefined) continue
    account.forbidden.clear()
    if (account.key !== row.secret) await config.changeSecret(row.workspaceId, row.id, account.key)
    await config.markDestination(row.workspaceId, row.id, undefined)
  }
  world.trace(() => 'the destinations are mended')
}

/** The faults are over: everything has to arrive by itself. */
async function heal(world: World): Promise<void> {
  const { schedule, faults, chance } = world
  if (world.wrong.length > 0) return
  world.trace(() => 'the faults are over')
  faults.end()
  for (const node of world.nodes) node.wake()
  const { config } = world.journal
  for (const { id, workspaceId, state } of await config.connections()) {
    if (state !== 'paused') continue
    await config.changeState(workspaceId, id, 'connected')
  }
  await world.noteVersions()
  await mend(world)
  const endAt = schedule.now + patienceMs
  let looked = false
  const look = (): void => {
    looked = world.settled
    // Whoever was held meanwhile is mended again: it may have noticed late.
    if (!looked && chance.happens(0.05)) void mend(world)
    if (!looked) schedule.after(1000, look)
  }
  look()
  // Shops go on: whether an event alone is at fault shows only beside others.
  const shopping = (): void => {
    if (looked) return
    for (const shop of world.shops) world.greet(shop)
    schedule.after(60_000, shopping)
  }
  schedule.after(60_000, shopping)
  await schedule.play(
    () => looked || schedule.now > endAt || world.wrong.length > 0,
    schedule.steps + maxSteps,
  )
  if (!looked && world.wrong.length === 0) world.fault(`Stuck: ${await standingOf(world)}`)
}

async function standingOf(world: World): Promise<string> {
  const parts: string[] = []
  for (const { key, seq, exceptions, intent } of world.journal.cursors.values()) {
    const { head } = world.journal.laneOf(key)
    const waiting = [...exceptions.values()].filter(({ state }) => state !== 'kept')
    if (seq === head && waiting.length === 0) continue
    parts.push(
      `${key.connectionId} ${key.lane} at ${seq} of ${head} ${JSON.stringify({ intent, waiting })}`,
    )
  }
  const states = await world.journal.config.destinations()
  const leases = [...world.journal.leases].map(([id, { owner }]) => `${id}: ${owner}`)
  const nodes = world.alive.map(
    ({ id, engine }) => `${id}${engine === undefined ? ' stopping' : ''}`,
  )
  return `${parts.join('; ')}; ${states.map(({ state }) => state).join(' ')}; ${leases.join(' ')}; alive ${nodes.join(' ')}`
}

/** What is left rests, stops, and gives its leases back. */
async function leave(world: World): Promise<void> {
  const { schedule } = world
  let rested = 0
  const nodes = world.alive.flatMap(({ engine }) => engine ?? [])
  for (const engine of nodes) void engine.idle().then(() => (rested += 1))
  await schedule.play(() => rested === nodes.length, schedule.steps + 20_000).catch(() => undefined)
  if (rested < nodes.length) world.fault('Nothing is left to do, and an engine does not rest.')
  let stopped = 0
  for (const engine of nodes) void engine.stop().then(() => (stopped += 1))
  await schedule
    .play(() => stopped === nodes.length, schedule.steps + 20_000)
    .catch(() => undefined)
  if (stopped < nodes.length) world.fault('An engine that has nothing to do does not stop.')
}
