import { afterEach, describe, expect, test } from 'vitest'
import type { Journal } from '../src/core/index.ts'
import type { Bench, EngineOptions } from './engine.ts'
import { order, startEngine, until, view } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => order(from + index, `person${index % 7}@example.com`))

const never = () => new Promise<never>(() => {})

/** A node that dies at that call: the call is not carried out, and is never answered. */
function diesAt(method: 'intend' | 'settle', called: () => void): (journal: Journal) => Journal {
  return (journal) => ({
    ...journal,
    [method]: () => {
      called()
      return never()
    },
  })
}

/** A node that dies right after that call: it is carried out, and never answered. */
function diesAfter(method: 'intend' | 'settle', called: () => void): (journal: Journal) => Journal {
  return (journal) => ({
    ...journal,
    [method]: async (...args: never[]) => {
      await (journal[method] as (...args: never[]) => Promise<unknown>)(...args)
      called()
      return never()
    },
  })
}

async function dieAndGoOn(
  around: (called: () => void) => (journal: Journal) => Journal,
  events: readonly object[],
  simulator: EngineOptions['simulator'],
): Promise<void> {
  let dead = false
  const options = simulator === undefined ? {} : { simulator }
  await open({ ...options, around: around(() => void (dead = true)) })
  await bench.send(...events)
  await until(() => dead)
  await bench.restart()
  await bench.idle()
}

function uniqueIds(): string[] {
  return bench.klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)
}

const windows = [
  ['before the batch is announced', (called: () => void) => diesAt('intend', called)],
  ['after it is announced, before it is sent', (called: () => void) => diesAfter('intend', called)],
  ['after it is sent, before it is settled', (called: () => void) => diesAt('settle', called)],
  ['after it is settled', (called: () => void) => diesAfter('settle', called)],
] as const

describe.each(['within-request', 'history'] as const)(
  'M24 a node dies, repeats are refused %s',
  (repeats) => {
    test.each(windows)('F2 F13 %s: everything arrives once, in order', async (_, around) => {
      await dieAndGoOn(around, many(150), { repeats })
      const ids = uniqueIds()
      expect(ids).toHaveLength(150)
      expect(new Set(ids).size).toBe(150)
      for (let person = 0; person < 7; person += 1) {
        const own = bench.klaviyo
          .events('Placed Order')
          .filter(({ profile }) => profile.email === `person${person}@example.com`)
          .map(({ properties }) => Number(properties['OrderId']))
        expect(own).toEqual(own.toSorted((a, b) => a - b))
      }
      expect((await bench.standing()).counts).toEqual({ accepted: 150 })
    })
  },
)

test('M24 a few events, sent singly, are sent again and count once', async () => {
  await dieAndGoOn((called) => diesAt('settle', called), [order(1), order(2)], undefined)
  expect(uniqueIds()).toEqual(['acme:order:1', 'acme:order:2'])
  expect((await bench.standing()).counts).toEqual({ accepted: 2 })
})

test('F2 a batch that was announced goes out again with the mapping it was announced with', async () => {
  let dead = false
  await open({ around: diesAt('settle', () => void (dead = true)) })
  await bench.send(...many(100))
  await until(() => dead)
  const mappings = {
    'Order Completed': {
      metric: 'Bought',
      events: ['Order Completed'],
      object: 'order',
      id: 'properties.order_id',
    },
  }
  await bench.opened.config.changeSettings(
    'wsp_1',
    'con_1',
    { ...(await settings()), mappings: mappings as never },
    bench.clock.now(),
  )
  await bench.restart()
  await bench.idle()
  expect(bench.klaviyo.events('Placed Order')).toHaveLength(100)
  expect(bench.klaviyo.events('Bought')).toEqual([])
  await bench.send(...many(1, 5000))
  await bench.idle()
  expect(bench.klaviyo.events('Bought')).toHaveLength(1)
})

const identify = (tier: string) => ({
  type: 'identify',
  userId: 'user-ada@example.com',
  messageId: `identify-${tier}`,
  traits: { email: 'ada@example.com', tier },
})

describe('what a person says of itself', () => {
  test('R4 M24 arrives though the event that should have brought it had arrived before', async () => {
    let dead = false
    await open({
      simulator: { repeats: 'history' },
      around: diesAt('settle', () => void (dead = true)),
    })
    await bench.send(order(500))
    await until(() => dead)
    await bench.append(identify('gold'), ...many(30))
    await bench.restart()
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.properties).toMatchObject({ tier: 'gold' })
    expect((await bench.standing()).counts).toEqual({ accepted: 32 })
  })

  test('C15 R4 arrives with another event where the first is refused and profiles may not be written', async () => {
    await open({
      scopes: ['accounts:read', 'events:read', 'events:write', 'profiles:read'],
      before: (destination) => ({
        ...destination,
        send: async (way, actions, options) => {
          const index = actions.findIndex(
            (one) => one.type === 'event' && one.uniqueId === 'acme:order:500',
          )
          if (index < 0) return destination.send(way, actions, options)
          const answer = { type: 'rejected', reason: 'klaviyo_rejected', index } as const
          return { answer, exchanges: [], notes: [] }
        },
      }),
    })
    await bench.send(order(500), identify('gold'), order(501), ...many(30))
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.properties).toMatchObject({ tier: 'gold' })
    expect((await bench.standing()).counts).toEqual({ accepted: 32, klaviyo_rejected: 1 })
  })
})

test('C15 M24 what is kept in a batch that goes out again travels with the next event', async () => {
  let dead = false
  await open({
    scopes: ['accounts:read', 'events:read', 'events:write', 'profiles:read'],
    around: diesAfter('intend', () => void (dead = true)),
  })
  await bench.send(identify('gold'), ...many(30))
  await until(() => dead)
  await bench.restart()
  await bench.idle()
  await bench.send(order(500))
  await bench.idle()
  expect(bench.klaviyo.profile('ada@example.com')?.properties).toMatchObject({ tier: 'gold' })
  expect((await bench.standing()).counts).toEqual({ accepted: 32 })
})

const gift = (id: number) => order(id, `gift${id}@example.com`, { event: 'Gift Wrapped' })

test('what a rule removed from a batch stays removed when the settings change while it is under way', async () => {
  const rules = [{ name: 'No gifts', events: ['Gift*'], decision: 'drop' as const }]
  await open({
    settings: { rules },
    before: (destination) => ({
      ...destination,
      send: async (...args) => {
        // The operator changes something just then.
        await bench.change({ requestsPerSecond: 100 })
        return destination.send(...args)
      },
    }),
  })
  await bench.send(...many(30), gift(100), gift(101), ...many(30, 50))
  await bench.idle()
  expect((await bench.standing()).counts).toEqual({ accepted: 60, rule_dropped: 2 })
})

test('F2 M24 a settlement that is written and whose answer is lost is not repeated', async () => {
  let lost = 0
  await open({
    around: (journal) => ({
      ...journal,
      settle: async (settlement) => {
        const settled = await journal.settle(settlement)
        lost += 1
        if (lost === 1) throw new Error('the connection broke')
        return settled
      },
    }),
  })
  await bench.send(...many(80))
  await bench.idle()
  expect(uniqueIds()).toHaveLength(80)
  expect((await bench.standing()).counts).toEqual({ accepted: 80 })
  const requests = bench.klaviyo.requests().filter(({ path }) => path.includes('event'))
  expect(requests).toHaveLength(1)
})

test('F8 an owner whose account was taken over sends nothing more, and what it still settles changes nothing', async () => {
  let release: (() => void) | undefined
  await open({
    around: (journal) => ({
      ...journal,
      async settle(settlement) {
        await new Promise<void>((resolve) => (release = resolve))
        return journal.settle(settlement)
      },
    }),
  })
  const former = bench.engine
  await bench.send(order(1))
  await until(() => release !== undefined)
  await bench.restart(undefined, 'alive')
  await bench.idle()
  expect((await bench.standing()).counts).toEqual({ accepted: 1 })
  release?.()
  await until(() => bench.logged.some(({ message }) => message.includes('Another node')))
  expect((await bench.standing()).counts).toEqual({ accepted: 1 })
  expect(uniqueIds()).toEqual(['acme:order:1'])
  await former.stop()
})

test('F17 M24 a journal that cannot be written for a while stops delivery, and nothing counts twice', async () => {
  let full = true
  await open({
    around: (journal) => ({
      ...journal,
      settle: (settlement) =>
        full ? Promise.reject(new Error('disk full')) : journal.settle(settlement),
    }),
  })
  await bench.send(...many(30))
  await until(() => bench.logged.some(({ level }) => level === 'error'))
  full = false
  await bench.idle()
  expect(uniqueIds()).toHaveLength(30)
  expect((await bench.standing()).counts).toEqual({ accepted: 30 })
})

test('what waits longer than memory holds is read from the journal, in order', async () => {
  await open()
  await bench.state('paused')
  for (let n = 0; n < 6000; n += 500) {
    await bench.send(
      ...Array.from({ length: 500 }, (_, index) =>
        view(n + index, { userId: 'u1', context: { traits: { email: 'ada@example.com' } } }),
      ),
    )
  }
  await bench.state('connected')
  await bench.idle()
  const seen = bench.klaviyo
    .events('Viewed Product')
    .map(({ properties }) => properties['ProductID'])
  expect(seen).toEqual(Array.from({ length: 6000 }, (_, index) => `p${index}`))
})

async function settings() {
  const [connection] = await bench.opened.config.connections()
  if (connection === undefined) throw new Error('There is no connection.')
  return connection.settings
}
