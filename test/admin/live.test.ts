import { get, type IncomingMessage } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type BothOptions, startBoth } from '../harness.ts'
import { findPostgres } from '../postgres.ts'
import { type Client, clientOf, ownerOf } from './client.ts'
import { join } from './workspace.ts'

interface Message {
  readonly event: string
  readonly id?: string
  // oxlint-disable-next-line typescript/no-explicit-any -- what it holds is what a test is about
  readonly data: any
}

/** Listens as a browser does. */
function listen(client: Client, path: string, lastId?: number) {
  const messages: Message[] = []
  const state: { status?: number; headers?: IncomingMessage['headers']; isOver: boolean } = {
    isOver: false,
  }
  let text = ''
  const url = new URL(`/api/v1${path}`, client.url)
  const request = get(
    url,
    {
      headers: {
        cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(lastId === undefined ? {} : { 'last-event-id': String(lastId) }),
      },
    },
    (response) => {
      state.status = response.statusCode!
      state.headers = response.headers
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          const fields = new Map(
            part
              .split('\n')
              .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
          )
          const event = fields.get('event')
          const id = fields.get('id')
          if (event !== undefined)
            messages.push({
              event,
              data: JSON.parse(fields.get('data') ?? ''),
              ...(id === undefined ? {} : { id }),
            })
        }
      })
      response.on('close', () => {
        state.isOver = true
      })
    },
  )
  request.on('error', () => {
    state.isOver = true
  })
  onTestFinished(() => void request.destroy())
  const rows = () => messages.filter(({ event }) => event === 'row')
  return {
    messages,
    rows,
    state,
    end: () => request.destroy(),
    names: () => rows().map(({ data }) => `${data.messageId} ${data.outcome}`),
  }
}

async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const live = `/workspaces/${workspaceId}/connections/${id}/live`
  const order = (orderId: string, email = 'ana@shop.example') =>
    server.track('Order Completed', {
      messageId: `order-${orderId}`,
      userId: `c-${orderId}`,
      context: { traits: { email } },
      properties: { order_id: orderId, total: 27.5, currency: 'EUR' },
    })
  return { server, klaviyo, owner, workspaceId, live, order }
}

const soon = { timeout: 10_000, interval: 50 }

describe('events as they come', () => {
  test('S40 what was there is shown, what comes is told, and what becomes of it', async () => {
    const { server, klaviyo, owner, live, order } = await start()
    await order('1')
    await server.settle()
    const heard = listen(owner, live)
    await vi.waitFor(() => expect(heard.names()).toEqual(['order-1 accepted']), soon)
    expect(heard.state.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    klaviyo.answer('/api/events', 503, { times: 1 })
    await order('2')
    await vi.waitFor(() => expect(heard.names().at(-1)).toBe('order-2 accepted'), soon)
    const second = heard.rows().filter(({ data }) => data.messageId === 'order-2')
    expect(second[0]).toMatchObject({
      id: '2',
      data: { value: 27.5, currency: 'EUR', person: { email: 'a•••@s•••.example' } },
    })
    expect(JSON.stringify(heard.messages)).not.toContain('ana@')
  })

  test('filters: what comes, and what ends to fit', async () => {
    const { owner, klaviyo, live, order } = await start()
    const hers = listen(owner, `${live}?who=ana@shop.example&event=Placed%20Order`)
    const failing = listen(owner, `${live}?outcome=retrying`)
    await vi.waitFor(() => expect(failing.state.status).toBe(200), soon)
    klaviyo.answer('/api/events', 503, { times: 2 })
    await order('1')
    await order('2', 'ben@shop.example')
    await vi.waitFor(() => expect(hers.names().at(-1)).toBe('order-1 accepted'), soon)
    expect(hers.rows().every(({ data }) => data.messageId === 'order-1')).toBe(true)
    await vi.waitFor(() => {
      const told = failing.rows().map(({ data }) => data.outcome)
      expect(told.every((outcome) => outcome === 'retrying')).toBe(true)
      // Whatever was told is gone again.
      const shown = new Set(failing.rows().map(({ data }) => data.seq))
      const gone = new Set(
        failing.messages.filter(({ event }) => event === 'gone').map(({ data }) => data.seq),
      )
      expect([...shown].filter((seq) => !gone.has(seq))).toEqual([])
    }, soon)
  })

  test('who comes back with the last number misses nothing; of very much it is told how much', async () => {
    const { server, owner, live, order } = await start()
    await order('1')
    const heard = listen(owner, live)
    await vi.waitFor(() => expect(heard.rows()).not.toHaveLength(0), soon)
    heard.end()
    for (const id of ['2', '3', '4']) await order(id)
    const again = listen(owner, live, 1)
    await vi.waitFor(() => {
      const fresh = again.rows().filter(({ id }) => id !== undefined)
      expect(fresh.map(({ id }) => id)).toEqual(['2', '3', '4'])
    }, soon)
    const many = Array.from({ length: 700 }, (_, index) => ({
      type: 'track',
      event: 'Seen',
      messageId: `s${index}`,
      userId: 'c-1',
    }))
    for (let from = 0; from < many.length; from += 100)
      await server.batch(many.slice(from, from + 100))
    const late = listen(owner, live, 2)
    await vi.waitFor(() => {
      expect(late.messages[0]).toMatchObject({ event: 'skipped', data: { events: 202 } })
      expect(late.rows().filter(({ id }) => id !== undefined)).toHaveLength(500)
    }, soon)
    const strange = listen(owner, live, 99_999)
    await vi.waitFor(() => expect(strange.rows()).toHaveLength(50), soon)
  })

  test('A4 nobody hears of another connection’s events', async () => {
    const { server, owner, workspaceId, live, order } = await start()
    const base = `/workspaces/${workspaceId}`
    const store = await owner.ask('POST', `${base}/stores`, { name: 'Other', key: 'other' })
    const source = await owner.ask('POST', `${base}/sources`, {
      storeId: store.body.id,
      name: 'Other',
    })
    const { destinationId } = server.installation.connection
    const made = await owner.ask('POST', `${base}/connections`, {
      sourceId: source.body.id,
      destinationId,
      preset: 'storefront',
    })
    const other = listen(owner, `${base}/connections/${made.body.id}/live`)
    const own = listen(owner, live)
    await vi.waitFor(() => expect([other.state.status, own.state.status]).toEqual([200, 200]), soon)
    await order('1')
    await vi.waitFor(() => expect(own.names().at(-1)).toBe('order-1 accepted'), soon)
    expect(other.messages).toEqual([])
  })

  test('A16 it ends within seconds for who signs out or leaves, and with the server', async () => {
    const { server, owner, workspaceId, live } = await start()
    const [viewer, marketer] = [
      await join(server.parts, owner, workspaceId, 'viewer'),
      await join(server.parts, owner, workspaceId, 'marketer'),
    ]
    const [left, out, stays] = [listen(viewer, live), listen(marketer, live), listen(owner, live)]
    await vi.waitFor(
      () =>
        expect([left.state.status, out.state.status, stays.state.status]).toEqual([200, 200, 200]),
      soon,
    )
    await owner.ask('DELETE', `/workspaces/${workspaceId}/members/${viewer.id}`)
    await marketer.ask('DELETE', '/session')
    await vi.waitFor(() => expect([left.state.isOver, out.state.isOver]).toEqual([true, true]), {
      ...soon,
      timeout: 5000,
    })
    expect(stays.state.isOver).toBe(false)
    await server.stop()
    expect(stays.state.isOver).toBe(true)
  })

  test('A78 A83 not for tokens, not without a session, and not for ever more tabs', async () => {
    const { server, owner, workspaceId, live } = await start()
    const made = await owner.ask('POST', `/workspaces/${workspaceId}/tokens`, {
      name: 'Reader',
      scopes: ['read'],
      expiresInDays: 1,
    })
    const program = clientOf(server.url, { token: made.body.token })
    expect(await program.ask('GET', live)).toMatchObject({
      status: 403,
      body: { code: 'not_for_tokens' },
    })
    expect(await clientOf(server.url).ask('GET', live)).toMatchObject({ status: 401 })
    expect((await owner.ask('GET', `${live}?token=${made.body.token}`)).status).toBe(400)
    const tabs = Array.from({ length: 6 }, () => listen(owner, live))
    await vi.waitFor(
      () => expect(tabs.map(({ state }) => state.status)).toEqual([200, 200, 200, 200, 200, 200]),
      soon,
    )
    expect(await owner.ask('GET', live)).toMatchObject({
      status: 429,
      body: { code: 'too_many_streams' },
    })
    tabs[0]!.end()
    await vi.waitFor(async () => {
      const one = listen(owner, live)
      await vi.waitFor(() => expect(one.state.status).toBe(200), { timeout: 500 })
    }, soon)
  })
})

const postgres = await findPostgres()

describe.runIf(postgres !== undefined)('events as they come on several nodes', () => {
  test('S40 what one node took is heard at the other, and masked, found and revealed there', async () => {
    onTestFinished(() => postgres!.stop())
    const environment = { databaseUrl: await postgres!.newDatabase() }
    const first = await start({ environment })
    const { server: second } = await startBoth({
      environment,
      klaviyo: first.klaviyo,
      dataDir: first.server.dataDir,
      roles: new Set(['http']),
    })
    const elsewhere: Client = { ...clientOf(second.url), cookies: first.owner.cookies }
    const heard = listen(elsewhere, first.live)
    await vi.waitFor(() => expect(heard.state.status).toBe(200), soon)
    await first.order('1')
    await vi.waitFor(() => expect(heard.names().at(-1)).toBe('order-1 accepted'), soon)
    const there = clientOf(second.url)
    expect((await there.ask('GET', first.live)).status).toBe(401)
    const headers = {
      cookie: [...first.owner.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    const list = first.live.replace(/live$/, 'events?who=ana@shop.example')
    const masked = await there.ask('GET', list, undefined, headers)
    expect(masked.body).toMatchObject({ masked: true, data: [{ messageId: 'order-1' }] })
    await first.owner.ask('POST', `/workspaces/${first.workspaceId}/reveal`, { reason: 'support' })
    const shown = await there.ask('GET', list, undefined, headers)
    expect(shown.body).toMatchObject({
      masked: false,
      data: [{ person: { email: 'ana@shop.example' } }],
    })
  }, 60_000)
})
