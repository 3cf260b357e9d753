import { request as plainRequest } from 'node:http'
import { connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { startBoth, type TestServer } from './harness.ts'

const viewed: JsonObject = {
  type: 'track',
  event: 'Product Viewed',
  userId: '7',
  properties: { product_id: 'p1', name: 'Scarf' },
}

/** A request with exactly these headers. */
async function send(
  { url }: TestServer,
  path: string,
  {
    method = 'POST',
    headers = {},
    body,
  }: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | Buffer
  },
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = plainRequest(new URL(path, url), { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`
}

describe('what is taken', () => {
  test('every path of the SDKs takes its event, with or without a slash at its end, whatever the content type says (R1, R17, W3, M31)', async () => {
    const { server } = await startBoth()
    const calls: readonly (readonly [string, JsonObject])[] = [
      ['track', { event: 'Product Viewed', userId: '7' }],
      ['identify', { userId: '7', traits: { email: 'jane@example.com' } }],
      ['page', { userId: '7', name: 'Home' }],
      ['screen', { userId: '7', name: 'Start' }],
      ['group', { userId: '7', groupId: 'g1' }],
      ['alias', { userId: '7', previousId: 'a1' }],
    ]
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=UTF-8',
      'image/png',
    ]
    let times = 0
    for (const [type, event] of calls) {
      for (const path of [
        `/v1/${type}`,
        `/v1/${type}/`,
        `/v1/${type.charAt(0)}`,
        `/v1/${type.charAt(0)}/`,
      ]) {
        const answer = await server.post(path, event, { 'content-type': types[times % 4]! })
        expect([path, answer]).toEqual([path, { status: 200, body: { success: true } }])
        times += 1
      }
    }
    for (const path of [
      '/v1/batch',
      '/v1/b',
      '/v1/import',
      '/beacon/v1/batch',
      '/v1/batch/',
      '/beacon/v1/batch/',
    ]) {
      const answer = await server.post(path, { batch: [viewed] })
      expect([path, answer.status]).toEqual([path, 200])
      times += 1
    }
    const rows = await server.events()
    expect(rows).toHaveLength(times)
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(calls.map(([type]) => type)))
  })

  test('the path says what a single call is, not the type in its body', async () => {
    const { server } = await startBoth()
    await server.post('/v1/identify', { ...viewed, messageId: 'm1' })
    expect((await server.story('m1'))?.type).toBe('identify')
  })

  test('bodies come plain or as gzip, deflate or brotli', async () => {
    const { server } = await startBoth()
    const bytes = Buffer.from(JSON.stringify(viewed))
    const authorization = basic(server.writeKey)
    for (const [encoding, body] of [
      ['gzip', gzipSync(bytes)],
      ['deflate', deflateSync(bytes)],
      ['deflate', deflateRawSync(bytes)],
      ['br', brotliCompressSync(bytes)],
      ['identity', bytes],
    ] as const) {
      const headers = { authorization, 'content-encoding': encoding }
      expect([encoding, (await send(server, '/v1/track', { headers, body })).status]).toEqual([
        encoding,
        200,
      ])
    }
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
    const answer = await send(server, '/v1/track', { headers: { authorization }, body: marked })
    expect(answer.status).toBe(200)
    expect(await server.events()).toHaveLength(6)
  })

  test('a sender’s wrong clock is put right by when it says that it sent', async () => {
    const { server } = await startBoth()
    const sentAt = '2001-01-01T00:01:00.000Z'
    await server.post('/v1/batch', {
      batch: [{ ...viewed, messageId: 'm1', timestamp: '2001-01-01T00:00:00.000Z' }],
      sentAt,
    })
    await server.post(
      '/v1/track',
      { ...viewed, messageId: 'm2', originalTimestamp: '2001-01-01T00:00:00.000Z' },
      { sentat: sentAt },
    )
    for (const id of ['m1', 'm2']) {
      const story = await server.story(id)
      expect(story!.receivedAt - story!.occurredAt).toBe(60_000)
    }
  })

  test('F15 the same event twice is answered twice and kept once', async () => {
    const { server } = await startBoth()
    for (let times = 0; times < 2; times += 1) {
      expect((await server.post('/v1/track', { ...viewed, messageId: 'm1' })).status).toBe(200)
    }
    expect(await server.events()).toHaveLength(1)
  })
})

describe('write keys', () => {
  test('the key comes as Basic user name, in the query, in the body or in each event, in this order', async () => {
    const { server } = await startBoth()
    const { writeKey } = server
    const wrong = 'wk_wrong'
    const asked = async (path: string, body: JsonObject, authorization?: string) =>
      (
        await send(server, path, {
          headers: authorization === undefined ? {} : { authorization },
          body: JSON.stringify(body),
        })
      ).status
    expect(
      await asked(`/v1/track?writeKey=${wrong}`, { ...viewed, writeKey: wrong }, basic(writeKey)),
    ).toBe(200)
    expect(await asked('/v1/track', { ...viewed, writeKey }, basic(wrong))).toBe(401)
    expect(await asked(`/v1/track?writeKey=${writeKey}`, { ...viewed, writeKey: wrong })).toBe(200)
    expect(await asked(`/v1/track?writeKey=${writeKey}`, viewed, basic(''))).toBe(200)
    expect(await asked('/v1/batch', { writeKey, batch: [{ ...viewed, writeKey: wrong }] })).toBe(
      200,
    )
    expect(await asked('/v1/batch', { batch: [{ ...viewed, writeKey }] })).toBe(200)
    expect(await server.events()).toHaveLength(5)
  })

  test('a batch whose events name their own sources reaches each of them, and strangers harm nobody', async () => {
    const { server } = await startBoth()
    const { writeKey, parts, installation } = server
    const { workspaceId, storeId } = installation.source
    const other = {
      workspaceId,
      id: 'src_other',
      storeId,
      name: 'Other',
      writeKey: 'wk_other',
      enabled: true,
    }
    await parts.config.addSource(other)
    const batch = [
      { ...viewed, writeKey, messageId: 'm1' },
      { ...viewed, writeKey: 'wk_other', messageId: 'm2' },
      { ...viewed, writeKey: 'wk_nobody', messageId: 'm3' },
      { ...viewed, messageId: 'm4' },
    ]
    const answer = await send(server, '/v1/batch', { body: JSON.stringify({ batch }) })
    expect(answer.status).toBe(200)
    expect((await server.events()).map(({ messageId }) => messageId)).toEqual(['m1'])
    const taken = await parts.journal.read(
      { workspaceId, sourceId: 'src_other', lane: 'live' },
      0,
      10,
      1e6,
    )
    expect(taken.map(({ messageId }) => messageId)).toEqual(['m2'])
  })

  test('a request without a good key is answered in the SDKs’ words', async () => {
    const { server } = await startBoth()
    const table = [
      ['no key at all', {}, viewed, 401, 'failed to read writekey from header'],
      [
        'a Bearer token',
        { authorization: 'Bearer abc' },
        { ...viewed, writeKey: 'wk' },
        401,
        'failed to read writekey from header',
      ],
      [
        'a key that is not ours',
        { authorization: basic('wk_x') },
        viewed,
        401,
        'invalid write key',
      ],
      [
        'a header that is no Basic at all',
        { authorization: 'Basic %%%' },
        viewed,
        401,
        'failed to read writekey from header',
      ],
      [
        'a key of 10 KB',
        { authorization: basic('k'.repeat(10_000)) },
        viewed,
        401,
        'invalid write key',
      ],
      [
        'a batch of strangers',
        {},
        { batch: [{ ...viewed, writeKey: 'wk_x' }] },
        401,
        'invalid write key',
      ],
      [
        'a key with a NUL in it',
        { authorization: basic('a\0b') },
        viewed,
        401,
        'invalid write key',
      ],
    ] as const
    for (const [what, headers, body, status, text] of table) {
      const path = 'batch' in body ? '/v1/batch' : '/v1/track'
      const answer = await send(server, path, { headers, body: JSON.stringify(body) })
      expect([what, answer.status, answer.text]).toEqual([what, status, text])
    }
    expect(await server.events()).toEqual([])
  })

  test('a source that is switched off answers 404 source is disabled', async () => {
    const { server } = await startBoth()
    const { workspaceId, storeId } = server.installation.source
    await server.parts.config.addSource({
      workspaceId,
      id: 'src_off',
      storeId,
      name: 'Off',
      writeKey: 'wk_off',
      enabled: false,
    })
    const answer = await send(server, '/v1/track', {
      headers: { authorization: basic('wk_off') },
      body: JSON.stringify(viewed),
    })
    expect([answer.status, answer.text]).toEqual([404, 'source is disabled'])
  })
})

describe('what is not taken', () => {
  test('what is no call is answered in the SDKs’ words', async () => {
    const { server } = await startBoth()
    const headers = { authorization: basic(server.writeKey) }
    const table = [
      ['no JSON', '/v1/track', '{"event":', 400, 'invalid json'],
      ['an empty body', '/v1/track', '', 400, 'invalid json'],
      ['a list', '/v1/batch', '[1,2]', 400, 'invalid json'],
      ['a text', '/v1/track', '"track"', 400, 'invalid json'],
      ['null', '/v1/track', 'null', 400, 'invalid json'],
      [
        'NaN as an amount',
        '/v1/track',
        '{"event":"a","userId":"1","properties":{"value":NaN}}',
        400,
        'invalid json',
      ],
      ['an empty batch', '/v1/batch', '{"batch":[]}', 400, 'empty batch payload'],
      ['no batch', '/v1/batch', '{}', 400, 'empty batch payload'],
      ['a batch that is none', '/v1/batch', '{"batch":{"0":{}}}', 400, 'empty batch payload'],
      [
        'an event about nobody',
        '/v1/track',
        '{"event":"a"}',
        400,
        'request neither has anonymousId nor userId',
      ],
      ['depth that no event has', '/v1/batch', '['.repeat(100_000), 400, 'invalid json'],
    ] as const
    for (const [what, path, body, status, text] of table) {
      const answer = await send(server, path, { headers, body })
      expect([what, answer.status, answer.text]).toEqual([what, status, text])
    }
    expect(await server.events()).toEqual([])
  })

  test('one bad event never fails its batch: the good ones are taken, the bad ones kept with their reason', async () => {
    const { server } = await startBoth()
    let deep: unknown = 1
    for (let depth = 0; depth < 40; depth += 1) deep = { deep }
    const good = (messageId: string) => ({ ...viewed, messageId })
    const polluted = JSON.parse(
      '{"type":"track","event":"x","userId":"1","properties":{"__proto__":{"polluted":1}}}',
    )
    const batch = [
      good('m1'),
      7,
      null,
      [],
      'track',
      { type: 'purchase', userId: '1' },
      { type: 'track', userId: '1' },
      { type: 'track', event: 'x' },
      { ...viewed, properties: deep },
      { ...viewed, properties: { text: 'x'.repeat(1_000_001) } },
      polluted,
      good('m2'),
    ]
    const { status, body } = await server.post('/v1/batch', { batch })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      success: true,
      refusedCount: 10,
      refused: expect.arrayContaining([
        expect.objectContaining({ index: 1, reason: 'refused_unreadable' }),
      ]),
    })
    expect((await server.events()).map(({ messageId }) => messageId)).toEqual(['m2', 'm1'])
    const { workspaceId } = server.installation.connection
    expect(await server.parts.journal.refusedCounts(workspaceId)).toEqual({
      refused_unreadable: 5,
      refused_no_name: 1,
      refused_no_id: 1,
      refused_too_deep: 1,
      refused_too_large: 1,
      refused_prototype_key: 1,
    })
    const kept = await server.parts.journal.refusedNewest(workspaceId, 20)
    expect(Math.max(...kept.map(({ body: text }) => text.length))).toBe(8192)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('a request of nothing but bad entries leaves a sample, not a million rows', async () => {
    const { server } = await startBoth()
    const { body } = await server.post('/v1/batch', `{"batch":[${'0,'.repeat(500_000)}0]}`)
    expect(body).toMatchObject({ refusedCount: 500_001 })
    const { workspaceId } = server.installation.connection
    expect(await server.parts.journal.refusedCounts(workspaceId)).toEqual({
      refused_unreadable: 100,
    })
  })

  test('wrong types, odd texts and far dates are taken or refused one by one, and their neighbour is never lost', async () => {
    const { server } = await startBoth()
    const odd: readonly unknown[] = [
      { type: 'track', event: 5, userId: '1' },
      { type: 'track', event: ['a'], userId: '1' },
      { type: 'track', event: 'x', userId: { id: 1 } },
      { type: 'track', event: 'x', userId: 12 },
      { type: 'track', event: 'x', userId: '1', properties: 'none', context: 7, traits: [] },
      { type: 'track', event: 'x', userId: '1', timestamp: '9999-12-31T23:59:59Z' },
      { type: 'track', event: 'x', userId: '1', timestamp: '+275760-09-13T00:00:00Z', sentAt: {} },
      { type: 'track', event: 'x', userId: '1', properties: { ['k'.repeat(10_240)]: 1 } },
      { type: 'track', event: '\uD800 half', userId: '\uDFFF', messageId: '\uD83D' },
      { type: 'track', event: 'a\u0000b', userId: 'c\u0000d', messageId: 'e\u0000f' },
      {
        type: 'track',
        event: 'x'.repeat(10_000),
        userId: 'y'.repeat(10_000),
        messageId: 'z'.repeat(10_000),
      },
      {
        type: 'track',
        event: 'Order Completed',
        userId: '1',
        properties: { order_id: {}, total: 'NaN', revenue: 1e308, currency: 5, products: 'none' },
      },
      {
        type: 'track',
        event: 'Order Completed',
        userId: '1',
        properties: {
          order_id: 'big',
          total: 10,
          products: Array.from({ length: 10_000 }, (_, line) => ({
            product_id: `p${line}`,
            price: 1,
          })),
        },
      },
    ]
    const batch = odd.flatMap((event, index) => [event, { ...viewed, messageId: `n${index}` }])
    const { status } = await server.post('/v1/batch', JSON.stringify({ batch }))
    expect(status).toBe(200)
    const rows = await server.events()
    const { workspaceId } = server.installation.connection
    const refused = await server.parts.journal.refusedNewest(workspaceId, 100)
    expect(rows.length + refused.length).toBe(batch.length)
    const neighbours = rows.filter(({ messageId }) => /^n\d+$/.test(messageId))
    expect(neighbours).toHaveLength(odd.length)
  })

  test('A73 A74 more than 4 MB is 413, sent at length, in chunks or as a bomb', async () => {
    const { server } = await startBoth()
    const authorization = basic(server.writeKey)
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, ' ')
    const long = await send(server, '/v1/batch', {
      headers: { authorization, 'content-length': String(large.length) },
      body: large,
    })
    expect([long.status, long.text]).toEqual([413, 'request size exceeds max limit'])
    const chunked = await send(server, '/v1/batch', {
      headers: { authorization, 'transfer-encoding': 'chunked' },
      body: large,
    })
    expect(chunked.status).toBe(413)
    for (const [encoding, bomb] of [
      ['gzip', gzipSync(Buffer.alloc(50 * 1024 * 1024))],
      ['br', brotliCompressSync(Buffer.alloc(50 * 1024 * 1024))],
    ] as const) {
      const answer = await send(server, '/v1/batch', {
        headers: { authorization, 'content-encoding': encoding },
        body: bomb,
      })
      expect([encoding, answer.status]).toEqual([encoding, 413])
    }
    expect(await server.track('Product Viewed', { userId: '7' })).toMatchObject({ status: 200 })
  })

  test('A74 bytes that are not what their encoding says are 400, an encoding that we do not know 415', async () => {
    const { server } = await startBoth()
    const authorization = basic(server.writeKey)
    const body = JSON.stringify(viewed)
    for (const encoding of ['gzip', 'br', 'deflate']) {
      const answer = await send(server, '/v1/track', {
        headers: { authorization, 'content-encoding': encoding },
        body,
      })
      expect([encoding, answer.status]).toEqual([encoding, 400])
    }
    const nested = await send(server, '/v1/track', {
      headers: { authorization, 'content-encoding': 'br, gzip' },
      body,
    })
    expect(nested.status).toBe(415)
  })

  test('F12 a body that trickles in byte by byte is taken like any other', async () => {
    const { server } = await startBoth()
    const { hostname, port } = new URL(server.url)
    const body = JSON.stringify(viewed)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, async () => {
        socket.setNoDelay(true)
        const head = `POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${basic(server.writeKey)}\r\n`
        for (const part of [head, `content-length: ${body.length}\r\n\r\n`, ...body.split('')]) {
          await new Promise((written) => socket.write(part, written))
        }
      })
      socket.on('data', (bytes) => {
        resolve(bytes.toString())
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(await server.events()).toHaveLength(1)
  })

  test('a sender that hangs up in the middle leaves nothing behind', async () => {
    const { server } = await startBoth()
    const { hostname, port } = new URL(server.url)
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${basic(server.writeKey)}\r\ncontent-length: 1000\r\n\r\n{"event":`,
          () => socket.destroy(),
        )
      })
      socket.on('close', () => resolve())
      socket.on('error', reject)
    })
    expect((await server.track('Product Viewed', { userId: '7' })).status).toBe(200)
    expect(await server.events()).toHaveLength(1)
  })
})

describe('browsers', () => {
  test('a shop’s page may send from any origin, with the headers that its SDK wants', async () => {
    const { server } = await startBoth()
    const origin = 'https://shop.example'
    const asked = 'authorization,anonymousid,content-type,rsa-retry-attempt'
    for (const path of [
      '/v1/track',
      '/v1/t/',
      '/beacon/v1/batch?writeKey=x',
      '/sourceConfig/?p=npm',
      '/v1/projects/x/settings',
    ]) {
      const { status, headers } = await send(server, path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': asked,
        },
      })
      expect([path, status]).toEqual([path, 204])
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': asked,
        'access-control-allow-methods': 'GET, POST, OPTIONS',
        'access-control-max-age': '900',
      })
    }
    const taken = await send(server, '/v1/track', {
      headers: { origin, authorization: basic(server.writeKey) },
      body: JSON.stringify(viewed),
    })
    expect(taken.headers['access-control-allow-origin']).toBe(origin)
    const refused = await send(server, '/v1/track', { headers: { origin }, body: '{}' })
    expect(refused.headers['access-control-allow-origin']).toBe(origin)
  })

  test('SDKs find the settings that they fetch before they send', async () => {
    const { server } = await startBoth()
    const { writeKey, url } = server
    const rudder = await send(server, `/sourceConfig/?p=npm&writeKey=${writeKey}`, {
      method: 'GET',
      headers: { authorization: basic(writeKey), origin: 'https://shop.example' },
    })
    expect(rudder.headers['access-control-allow-origin']).toBe('https://shop.example')
    expect(JSON.parse(rudder.text)).toMatchObject({
      source: { id: server.installation.source.id, enabled: true, config: {}, destinations: [] },
    })
    const segment = await send(server, `/v1/projects/${writeKey}/settings`, { method: 'GET' })
    expect(JSON.parse(segment.text)).toEqual({
      integrations: {
        'Segment.io': { apiKey: writeKey, apiHost: `${new URL(url).host}/v1`, protocol: 'http' },
      },
    })
    expect((await send(server, '/v1/projects/wk_x/settings', { method: 'GET' })).status).toBe(401)
    expect((await send(server, '/health', { method: 'GET' })).text).toBe('{"status":"ok"}')
    expect((await send(server, '/v1/track', { method: 'GET' })).status).toBe(405)
  })
})
