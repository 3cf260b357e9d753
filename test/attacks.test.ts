import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { request } from 'undici'
import { startBoth } from './harness.ts'
import { tillpost } from './program.ts'

test('A66 addresses in events are never fetched by the server', async () => {
  let asked = 0
  const inside = createServer((_request, response) => {
    asked += 1
    response.end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void inside.close())
  await once(inside, 'listening')
  const url = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/latest/meta-data`
  const { server, klaviyo } = await startBoth()
  const products = [{ product_id: '1', name: 'Shirt', url, image_url: url }]
  await server.track('Order Completed', {
    messageId: 'm-1',
    context: { traits: { email: 'ana@shop.example', avatar: url }, page: { url, referrer: url } },
    properties: { order_id: 1, products, url, image_url: url, imageUrl: url, tryOnImageUrl: url },
  })
  await server.settle()
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  await server.get('/events/m-1')
  expect(asked).toBe(0)
})

test('A88 what a shop writes cannot steer the terminal that shows it', async () => {
  const { server } = await startBoth()
  const evil =
    'Sold\u001b[2J\u001b]0;title\u0007\u009b31m\r\n99  forged line\u2028x\u202egnp.exe\u2066'
  await server.track(evil, { messageId: 'm-1', userId: 'u-1', properties: { [evil]: evil } })
  await server.settle()
  const env = { TILLPOST_DATA: server.dataDir }
  const input = JSON.stringify({ event: evil, userId: 'u-1', properties: { [evil]: evil } })
  const shown = async (...args: readonly string[]) => {
    const program = tillpost(args, { env, ...(args.includes('-') ? { input } : {}) })
    expect([args, await program.ended]).toEqual([args, 0])
    expect(program.stdout()).toContain('Sold')
    // Only line feeds are left of what steers, or turns the letters around it.
    const steering = program.text().match(/(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu)
    expect([args, steering]).toEqual([args, null])
    return program.stdout()
  }
  const [list] = await Promise.all([
    shown('events'),
    shown('events', 'm-1'),
    shown('events', '--json'),
    shown('events', 'm-1', '--json'),
    shown('explain', '-'),
    shown('explain', '-', '--json'),
  ])
  // It is said what stood there.
  expect(await shown('events', 'm-1')).toContain('⟨U+202E⟩')
  // The head and the event: nothing looks like a row of its own.
  expect(list.trim().split('\n')).toHaveLength(2)
}, 120_000)

test('A93 methods and addresses that should not answer do not', async () => {
  const { server } = await startBoth()
  const elsewhere = { 'x-forwarded-for': '203.0.113.9', host: 'tillpost.example' }
  const paths = ['/.git/config', '/.env', '/docs', '/package.json', '/src/cli/main.ts', '/keys']
  for (const path of [...paths, '/admin/assets/index.html', '/admin/assets/..%2findex.html']) {
    const { statusCode } = await request(server.url + path, { headers: elsewhere })
    expect([path, [403, 404].includes(statusCode)]).toEqual([path, true])
  }
  // Our own: no script of the pages leads to its sources.
  const page = await (await request(`${server.url}/admin`)).body.text()
  const [, script = ''] = /src="(\/admin\/assets\/[^"]+\.js)"/u.exec(page) ?? []
  const text = await (await request(server.url + script)).body.text()
  expect(text).not.toContain('sourceMappingURL')
  expect((await request(`${server.url}${script}.map`)).statusCode).toBe(404)
  expect((await request(`${server.url}/metrics`, { headers: elsewhere })).statusCode).not.toBe(200)
  for (const method of ['TRACE', 'CONNECT', 'PROPFIND'] as const) {
    const answer = await request(server.url, { method: method as 'GET' }).catch(() => undefined)
    expect([method, answer === undefined || answer.statusCode >= 400]).toEqual([method, true])
  }
})
