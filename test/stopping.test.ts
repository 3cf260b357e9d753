import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../src/simulator/index.ts'
import { startBoth } from './harness.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const order = (number: number) => ({
  messageId: `order-${number}`,
  context: { traits: { email: 'ada@example.com' } },
  properties: { order_id: number, total: 5 },
})
const events = '/api/events'

test('M27 a server that stops is not ready any more, takes what still comes, and finishes what is under way', async () => {
  const { server, klaviyo } = await startBoth()
  const soon = klaviyo.answer(events, { delay: 1500 })
  await server.track('Order Completed', order(1))
  await expect.poll(() => klaviyo.faults().map(({ hits }) => hits)).toEqual([1])

  const stopped = server.stop()
  expect(await server.get('/readyz')).toMatchObject({
    status: 503,
    body: { status: 'unavailable', accepting: 'stopping' },
  })
  expect((await server.get('/livez')).status).toBe(200)
  expect((await server.track('Order Completed', order(2))).status).toBe(200)
  expect(klaviyo.events('Placed Order')).toEqual([])
  await stopped
  soon()
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  await expect(server.get('/livez')).rejects.toThrow('fetch failed')

  const again = await startBoth({ dataDir: server.dataDir, klaviyo })
  await again.server.settle()
  expect((await again.server.events()).map(({ outcome }) => outcome)).toEqual([
    'accepted',
    'accepted',
  ])
  // The first was settled before the end: nothing of it was sent a second time.
  const sent = klaviyo.requests().filter(({ path, status }) => path === events && status === 202)
  expect(sent).toHaveLength(2)
})

test('a server that is told to end does so within 10 seconds, whatever Klaviyo does; what was under way counts once', async () => {
  const privateKey = 'pk_test'
  const klaviyo = await startSimulator({ accounts: [{ id: 'TEST01', name: 'Test', privateKey }] })
  onTestFinished(() => klaviyo.close())
  const env = {
    TILLPOST_DATA: await temporaryFolder(),
    TILLPOST_PORT: '0',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const init = tillpost(['init', '--json'], { env })
  expect(await init.ended).toBe(0)
  const { writeKey } = JSON.parse(init.stdout()) as { writeKey: string }
  const serve = tillpost(['serve'], { env })
  const [, url] = await serve.says(/Tillpost is at (\S+)/u)
  const hangs = klaviyo.answer(events, 'silence')
  const sent = await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
    body: JSON.stringify({ event: 'Order Completed', ...order(1) }),
  })
  expect(sent.status).toBe(200)
  await expect.poll(() => klaviyo.requests().some(({ path }) => path === events)).toBe(true)

  const start = performance.now()
  serve.kill('SIGTERM')
  expect(await serve.ended).toBe(0)
  expect(performance.now() - start).toBeLessThan(10_000)

  hangs()
  const again = tillpost(['serve'], { env })
  await expect.poll(() => klaviyo.events('Placed Order').length, { timeout: 20_000 }).toBe(1)
  again.kill('SIGTERM')
  expect(await again.ended).toBe(0)
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
}, 60_000)
