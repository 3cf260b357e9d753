import { afterEach, describe, expect, test } from 'vitest'
import type { Bench, EngineOptions } from './engine.ts'
import { order, startEngine, until, view } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

const guest = { anonymousId: 'visitor-1' }
const login = {
  type: 'identify',
  anonymousId: 'visitor-1',
  userId: 'u1',
  messageId: 'login',
  traits: { email: 'ada@example.com', firstName: 'Ada' },
}

function productsOf(email: string): unknown[] {
  return bench.klaviyo
    .events('Viewed Product')
    .filter(({ profile }) => profile.email === email)
    .map(({ properties }) => properties['ProductID'])
}

describe('guests', () => {
  test('W7 W8 a guest’s history arrives at login: once, in order, before what comes after', async () => {
    await open()
    await bench.send(view(1, guest), view(2, guest))
    await bench.idle()
    expect(bench.klaviyo.events('Viewed Product')).toEqual([])
    expect((await bench.outcomes()).map(({ reason }) => reason)).toEqual([
      'anonymous_waiting',
      'anonymous_waiting',
    ])
    await bench.send(view(3, guest), login, view(4, guest), view(5, { userId: 'u1' }))
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
    expect((await bench.standing()).counts).toEqual({ accepted: 6 })
  })

  test('W8 in bulk too: two hundred guests log in within one batch', async () => {
    await open()
    const events: object[] = []
    for (let n = 0; n < 200; n += 1) {
      const who = { anonymousId: `visitor-${n}` }
      events.push(
        view(3 * n, who),
        view(3 * n + 1, who),
        {
          ...login,
          ...who,
          userId: `u${n}`,
          messageId: `login-${n}`,
          traits: { email: `g${n}@example.com` },
        },
        view(3 * n + 2, who),
      )
    }
    await bench.send(...events.filter((_, index) => index % 4 < 2))
    await bench.idle()
    await bench.send(...events.filter((_, index) => index % 4 >= 2))
    await bench.idle()
    for (let n = 0; n < 200; n += 1) {
      expect(productsOf(`g${n}@example.com`)).toEqual([
        `p${3 * n}`,
        `p${3 * n + 1}`,
        `p${3 * n + 2}`,
      ])
    }
    expect((await bench.standing()).counts).toEqual({ accepted: 800 })
  })

  test('W7 an outage between login and history loses and doubles nothing', async () => {
    await open()
    await bench.send(view(1, guest), view(2, guest))
    await bench.idle()
    bench.klaviyo.answer('/api/events', 'reset-after', { times: 1 })
    bench.klaviyo.answer('/api/events', 503, { times: 2 })
    await bench.send(login)
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p1', 'p2'])
    expect((await bench.standing()).counts).toEqual({ accepted: 3 })
  })

  test('C1 C7 in the stream preset nothing anonymous is kept to be sent: it ends, also after login', async () => {
    await open({ preset: 'stream' })
    await bench.send(view(1, guest), login, view(2, guest))
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p2'])
    expect((await bench.outcomes()).map(({ reason }) => reason)).toEqual([
      'no_identifier',
      'accepted',
      'accepted',
    ])
  })

  test('S36 after an identify with an email the visitor’s events can be sent where an email is needed', async () => {
    await open({ preset: 'hub', settings: { rules: [], withoutRule: 'send' } })
    await bench.send(view(1, guest), login, view(2, guest))
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p2'])
  })

  test('W4 W6 a Segment track after login names only the user id, and is sent with the email known from login', async () => {
    await open()
    await bench.send(login)
    await bench.send({ ...order(9), context: {}, userId: 'u1' })
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toMatchObject([
      { profile: { email: 'ada@example.com', external_id: 'u1', first_name: 'Ada' } },
    ])
  })

  test('a second shopper on the same device gets what comes after the second login, not what was before', async () => {
    await open()
    await bench.send(view(1, guest), login, view(2, guest))
    await bench.send(
      { ...login, userId: 'u2', messageId: 'login-2', traits: { email: 'bob@example.com' } },
      view(3, guest),
    )
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p1', 'p2'])
    expect(productsOf('bob@example.com')).toEqual(['p3'])
  })
})

describe('guests’ history in a batch that goes out again', () => {
  test('W8 settings that change while it is got ready leave the batch as it was announced', async () => {
    const guests = [1, 2].map((n) => ({ anonymousId: `visitor-${n}` }))
    const logins = guests.map((who, n) => ({
      ...login,
      ...who,
      userId: `u${n}`,
      messageId: `login-${n}`,
      traits: { email: `g${n}@example.com` },
    }))
    let dead = false
    await open({
      around: (journal) => ({
        ...journal,
        intend: async (...args) => {
          await journal.intend(...args)
          dead = true
          return new Promise(() => {})
        },
      }),
    })
    await bench.send(...guests.map((who, n) => view(n, who)))
    await bench.idle()
    const orders = Array.from({ length: 30 }, (_, n) => order(n, `p${n}@example.com`))
    await bench.send(...orders, ...logins)
    await until(() => dead)
    let looks = 0
    let goOn: (() => void) | undefined
    await bench.restart((journal) => ({
      ...journal,
      waitingGuest: async (...args) => {
        looks += 1
        if (looks === 2) await new Promise<void>((resolve) => (goOn = resolve))
        return journal.waitingGuest(...args)
      },
    }))
    await until(() => goOn !== undefined)
    await bench.change({ requestsPerSecond: 100 })
    goOn?.()
    await bench.idle()
    expect(productsOf('g0@example.com')).toEqual(['p0'])
    expect(productsOf('g1@example.com')).toEqual(['p1'])
    expect((await bench.standing()).counts).toEqual({ accepted: 34 })
    expect(bench.logged.filter(({ message }) => message.includes('differs'))).toEqual([])
  })
})

describe('guests’ events that go beside the road', () => {
  test('W7 a login that waits for a retry cycle takes the history along, though the settings changed before', async () => {
    let failing = false
    let changes = 0
    await open({
      settings: { patience: 'cycle', retryCycleMs: 120_000 },
      before: (destination) => ({
        ...destination,
        send: async (...args) => {
          if (!failing) return destination.send(...args)
          changes += 1
          await bench.change({ requestsPerSecond: 100 + changes })
          const answer = { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: false } as const
          return { answer, exchanges: [], notes: [] }
        },
      }),
    })
    await bench.send(view(1, guest))
    await bench.idle()
    failing = true
    await bench.send(login, order(1, 'bob@example.com'))
    const reasons = async () => (await bench.outcomes()).slice(1).map(({ reason }) => reason)
    await until(async () => (await reasons()).every((reason) => reason === 'retry_cycle'))
    failing = false
    await until(async () => (await reasons()).every((reason) => reason === 'accepted'))
    expect(productsOf('ada@example.com')).toEqual(['p1'])
    expect((await bench.standing()).counts).toEqual({ accepted: 3 })
  })

  test('W7 one that Klaviyo rejected is replayed under the name of whoever the guest turned out to be', async () => {
    await open()
    await bench.send(view(1, guest), view(2, guest))
    await bench.idle()
    bench.klaviyo.answer('/api/events', 400, { times: 1 })
    await bench.send(login)
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p2'])
    await bench.replay()
    await bench.idle()
    expect(productsOf('ada@example.com')).toEqual(['p2', 'p1'])
    expect((await bench.standing()).counts).toEqual({ accepted: 3 })
  })
})
