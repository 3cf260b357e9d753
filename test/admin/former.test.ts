import { describe, expect, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { tillpost } from '../program.ts'
import { ownerOf } from './client.ts'

const postgres = await findPostgres()
const engines: readonly (readonly [string, boolean, () => Promise<BothOptions>])[] = [
  ['SQLite', true, async () => ({})],
  [
    'PostgreSQL',
    postgres !== undefined,
    async () => ({ environment: { databaseUrl: await postgres!.newDatabase() } }),
  ],
]

/** One order that was accepted and two that Klaviyo rejected. */
async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id, sourceId, destinationId } = server.installation.connection
  const base = `/workspaces/${workspaceId}`
  const get = async (path: string) => (await owner.ask('GET', `${base}${path}`)).body
  const post = (path: string, body?: unknown) => owner.ask('POST', `${base}${path}`, body)
  const order = async (number: number) => {
    await server.track('Order Completed', {
      messageId: `m${number}`,
      userId: `c-${number}`,
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: String(number), total: 10 },
    })
    await server.settle()
  }
  await order(1)
  for (const number of [2, 3]) {
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order(number)
  }
  const connectAnew = async (): Promise<string> =>
    (await post('/connections', { sourceId, destinationId, preset: 'storefront' })).body.id
  const former = `/connections/${id}`
  return { server, klaviyo, get, post, order, id, former, connectAnew }
}

describe.for(engines)('a connection that was disconnected, on %s', ([, isThere, options]) => {
  test.skipIf(!isThere)(
    'T66 C11 its past is found apart from the one that took over, and each event counts once',
    async () => {
      const { server, get, post, order, id, former, connectAnew } = await start(await options())
      await post(`${former}/disconnect`)
      await order(4)
      const anew = await connectAnew()
      await order(5)

      const { data } = await get('/connections')
      const [one, other] = [id, anew].map((wanted) =>
        data.find((each: { id: string }) => each.id === wanted),
      )
      expect(one).toMatchObject({ state: 'disconnected', accountName: 'Test account' })
      expect(Date.parse(one.until)).toBeGreaterThan(Date.parse(one.since))
      expect(other).toMatchObject({ state: 'connected', accountName: 'Test account' })
      expect(other).not.toHaveProperty('until')

      // What failed is there, and where it failed is told from the present one.
      expect(await get(`${former}/failed`)).toMatchObject({ total: 2, former: [] })
      expect(await get(`/connections/${anew}/failed`)).toMatchObject({
        total: 0,
        former: [{ connectionId: id, events: 2 }],
      })
      const syncs = (await get(`/syncs?connection=${id}`)).data
      expect(new Set(syncs.map((sync: { connectionId: string }) => sync.connectionId))).toEqual(
        new Set([id]),
      )
      const events = (await get(`${former}/events`)).data
      expect(events.map(({ messageId }: { messageId: string }) => messageId)).toContain('m2')

      // The order of after it took over is its alone; the former one ends it as not sent, for nobody to see.
      const { totals, attention } = await get('/overview')
      // What the figure counts stands below, with what can be done about it.
      expect(attention).toContainEqual(
        expect.objectContaining({
          kind: 'failed',
          connectionId: id,
          events: 2,
          todo: expect.stringContaining('Discard them'),
        }),
      )
      expect(totals).toMatchObject({ accepted: 2, failed: 2, notSent: 1, waiting: 0 })
      const { body: status } = await server.get('/api/status')
      expect((status as { connections: object[] }).connections).toContainEqual(
        expect.objectContaining({ id, state: 'disconnected', until: one.until }),
      )
      // Whoever names none means the present one.
      expect((await server.get('/api/failed')).body).toMatchObject({ connection: anew, total: 0 })
    },
  )

  test.skipIf(!isThere)(
    'S40 W32 what a former connection brought to the same account is told so by the present one, everywhere alike',
    async () => {
      const { server, get, post, order, id, former, connectAnew } = await start(await options())
      await server.track('Product Viewed', { messageId: 'guest', anonymousId: 'a-1' })
      await server.settle()
      expect(await get(`${former}/events/guest`)).toMatchObject({ reason: 'anonymous_waiting' })
      await post(`${former}/disconnect`)
      await server.settle()
      await order(4)
      const anew = `/connections/${await connectAnew()}`
      await order(5)

      const { until } = await get(former)
      const by = { former: { connectionId: id, until } }
      const lines = [
        { messageId: 'm5', outcome: 'accepted' },
        { messageId: 'm4', outcome: 'dropped', reason: 'disconnected', ...by },
        // Nobody will send it, whoever the visitor turns out to be.
        { messageId: 'guest', outcome: 'dropped', reason: 'disconnected', ...by },
        { messageId: 'm3', outcome: 'dead', reason: 'klaviyo_rejected', ...by },
        { messageId: 'm2', outcome: 'dead', reason: 'klaviyo_rejected', ...by },
        { messageId: 'm1', outcome: 'accepted', ...by },
      ]
      const { data } = await get(`${anew}/events`)
      expect(data).toMatchObject(lines)
      expect(data[0]).not.toHaveProperty('former')
      const theirs = lines.filter(({ messageId }) => messageId !== 'guest')
      const timeline = await get(`${anew}/timeline?who=ana@shop.example`)
      expect(timeline.data).toMatchObject(theirs)
      const diagnosis = await get(`${anew}/diagnosis?who=ana@shop.example`)
      expect(diagnosis.events).toMatchObject(theirs)
      const ended = await get(`${anew}/diagnosis?who=ana@shop.example&to=${until}`)
      expect(ended.answer).toBe('Klaviyo rejected it.')
      // What can be done is no repair of what has ended.
      expect(ended).not.toHaveProperty('todo')
      const control = await server.get('/api/events')
      expect(control.body).toMatchObject({ events: lines })
      for (const line of lines) {
        const life = await get(`${anew}/events/${line.messageId}`)
        expect(life).toMatchObject(line)
        expect(life.exchanges.length > 0).toBe(line.outcome !== 'dropped')
        const told = await server.get(`/api/events/${line.messageId}`)
        expect(told.body).toMatchObject(line)
      }

      // Each status is found, as often as it counts.
      const found = async (query: string) =>
        (await get(`${anew}/events?${query}`)).data.map(
          (line: { messageId: string }) => line.messageId,
        )
      expect(await found('outcome=accepted')).toEqual(['m5', 'm1'])
      expect(await found('outcome=dead')).toEqual(['m3', 'm2'])
      expect(await found('reason=disconnected')).toEqual(['m4', 'guest'])
      expect(await found('reason=before_go_live')).toEqual([])
      expect(await found('outcome=waiting')).toEqual([])
      const { totals } = await get('/overview')
      expect(totals).toMatchObject({ received: 6, accepted: 2, failed: 2, notSent: 2, waiting: 0 })

      // What is not its own it does not send again, and says why.
      const refused = await post(`${anew}/events/m2/replay`)
      expect([refused.status, refused.body.code]).toEqual([409, 'came_before'])
      expect(refused.body.detail).toMatch(/disconnected on \d{4}-.*new message ids/)
      const some = await post(`${anew}/replays`, { messageIds: ['guest', 'm5'] })
      expect(some.body).toMatchObject({
        count: 1,
        left: [{ messageId: 'guest', says: expect.stringMatching(/came before this connection/) }],
      })
      await server.settle()
      for (const reason of ['disconnected', 'klaviyo_rejected', 'anonymous_waiting']) {
        const none = await server.post('/api/replay', { reason })
        expect(none.body).toMatchObject({ count: 0, says: expect.stringMatching(/\w/) })
      }
    },
  )

  test.skipIf(!isThere)(
    'W32 what went to another account, or nowhere, is said to have come before the connection',
    async () => {
      const klaviyo = {
        limits: false,
        accounts: [
          { id: 'TEST01', name: 'Test account', privateKey: 'pk_test' },
          { id: 'BETA01', name: 'Beta', privateKey: 'pk_beta' },
        ],
      }
      const { server, get, post, order, former } = await start({ ...(await options()), klaviyo })
      await post(`${former}/disconnect`)
      const { sourceId } = server.installation.connection
      const destination = (await post('/destinations', { privateKey: 'pk_beta' })).body
      const body = { sourceId, destinationId: destination.id, preset: 'storefront' }
      const anew = `/connections/${(await post('/connections', body)).body.id}`
      await order(5)
      const before = { outcome: 'dropped', reason: 'before_go_live' }
      const { data } = await get(`${anew}/events`)
      expect(data).toMatchObject([{ messageId: 'm5', outcome: 'accepted' }, before, before, before])
      expect(data[1]).not.toHaveProperty('former')
      expect((await get(`${anew}/events?reason=before_go_live`)).data).toHaveLength(3)
      const refused = await post(`${anew}/events/m1/replay`)
      expect([refused.status, refused.body.code]).toEqual([409, 'came_before'])
    },
  )

  test.skipIf(!isThere)(
    'C11 M25 what failed is not sent over it and stays failed; it can be discarded',
    async () => {
      const { klaviyo, server, get, post, former } = await start(await options())
      await post(`${former}/pause`)
      expect((await post(`${former}/runs`, { act: 'replay' })).body.begun).toBe(true)
      // While a replay is under way.
      await post(`${former}/disconnect`)
      await server.settle()
      expect(await get(`${former}/failed`)).toMatchObject({ total: 2 })
      expect((await get(`${former}/runs`)).data).toMatchObject([{ state: 'done', accepted: 0 }])

      for (const [path, body] of [
        ['runs', { act: 'replay' }],
        ['replays', { messageIds: ['m2'] }],
        ['events/m2/replay', undefined],
      ] as const) {
        const { status, body: answer } = await post(`${former}/${path}`, body)
        expect([path, status, answer.code]).toEqual([path, 409, 'disconnected'])
        expect(answer.detail).toMatch(/new message ids/)
      }
      expect((await get(`${former}/failed`)).total).toBe(2)
      expect(klaviyo.events('Placed Order')).toHaveLength(1)

      expect((await post(`${former}/runs`, { act: 'discard' })).body).toMatchObject({ count: 2 })
      await server.settle()
      expect((await get(`${former}/failed`)).total).toBe(0)
    },
  )
})

test('W32 the same account under another key is the same account', async () => {
  const { server, klaviyo, get, post, id, former } = await start()
  await post(`${former}/disconnect`)
  klaviyo.account().addKey('pk_new')
  const { status, body: destination } = await post('/destinations', { privateKey: 'pk_new' })
  expect(status).toBe(201)
  const { sourceId, destinationId } = server.installation.connection
  expect(destination.id).not.toBe(destinationId)
  const body = { sourceId, destinationId: destination.id, preset: 'storefront' }
  const anew = (await post('/connections', body)).body.id
  expect((await get(`/connections/${anew}/events?outcome=accepted`)).data).toMatchObject([
    { messageId: 'm1', former: { connectionId: id } },
  ])
})

test('C11 M25 the command line says by which connection an event went, and why it does not go again', async () => {
  const { server, get, post, order, id, former, connectAnew } = await start()
  await server.track('Product Viewed', { messageId: 'guest', anonymousId: 'a-1' })
  await server.settle()
  await post(`${former}/pause`)
  const run = async (...parameters: string[]) => {
    const program = tillpost(parameters, { env: { TILLPOST_DATA: server.dataDir } })
    return { code: await program.ended, said: program.text() }
  }
  const waits = await run('replay', '--all')
  expect(waits.said).toMatch(/2 events will be delivered again[\s\S]*The connection is paused\./u)
  expect((await run('failed')).said).toMatch(/The connection is paused\. Resume it/u)
  await post(`${former}/disconnect`)
  await server.settle()
  await connectAnew()
  await order(4)

  const until = (await get(former)).until.slice(0, 10)
  const list = await run('events')
  expect(list.said).toMatch(new RegExp(`accepted +former connection, until ${until} +m1`, 'u'))
  expect(list.said).toMatch(new RegExp(`not sent +disconnected; former .*${until} +guest`, 'u'))
  const life = await run('events', 'm1')
  expect(life.said).toContain(`Over      the former connection ${id}, until ${until}`)
  const again = await run('replay', 'guest')
  expect(again.code).toBe(1)
  expect(again.said).toMatch(
    /^guest: It came before this connection\. The one that was there then was disc/u,
  )
  expect(again.said).not.toContain('0 events')
  const all = await run('replay', '--reason', 'disconnected')
  expect(all.said).toMatch(/^Nothing is delivered again\. Events like that came before/u)
  const guests = await run('replay', '--reason', 'anonymous_waiting')
  expect(guests.said).toMatch(/^Nothing is delivered again\. A replay is of what has ended\./u)
  const failed = await run('failed')
  expect(failed.said).toMatch(/^2 events failed over a former connection:\n/u)
  expect(failed.said).toContain(`tillpost failed --connection ${id}`)
  expect(failed.said).toContain('Nothing has failed over this connection.')
  const page = await server.get('/events/m1')
  expect(page.body).toMatch(/By the\s+former\s+connection/u)
})

test('C11 M25 while a connection is switched off nothing failed is sent, and it is lost to nobody', async () => {
  const { server, get, post, former, klaviyo } = await start()
  await server.changeSettings({ enabled: false })
  const refused = await post(`${former}/runs`, { act: 'replay' })
  expect([refused.status, refused.body.code]).toEqual([409, 'connection_off'])
  await server.changeSettings({ enabled: true })
  await post(`${former}/runs`, { act: 'replay' })
  await server.settle()
  expect((await get(`${former}/failed`)).total).toBe(0)
  expect(klaviyo.events('Placed Order')).toHaveLength(3)
})
