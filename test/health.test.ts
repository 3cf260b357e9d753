import { afterAll, describe, expect, test } from 'vitest'
import { unexplainedSeconds } from '../src/server/connection-metrics.ts'
import { ConfigurationError, readEnvironment } from '../src/server/environment.ts'
import { readRoles } from '../src/server/roles.ts'
import { startBoth } from './harness.ts'
import { findPostgres, runOn } from './postgres.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

const person = { context: { traits: { email: 'ada@example.com' } } }
const elsewhere = { 'x-forwarded-for': '203.0.113.7' }

/** The figure of that name and those labels; undefined: it is not told. */
function figureIn(text: string, name: string, ...labels: readonly string[]): number | undefined {
  const line = text
    .split('\n')
    .find((one) => one.startsWith(name) && labels.every((label) => one.includes(label)))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1))
}

async function metricsOf(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL('/metrics', url), { headers })
  return { status: response.status, text: await response.text() }
}

describe('M27 the host is told how a node fares', () => {
  test('it lives and is ready, which everybody may ask', async () => {
    const { server } = await startBoth()
    for (const path of ['/livez', '/readyz']) {
      const response = await fetch(new URL(path, server.url), { headers: elsewhere })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ status: 'ok' })
    }
  })

  test.skipIf(postgres === undefined)(
    'it is not ready while its database cannot be reached, and lives on; then it is again',
    async () => {
      const url = await postgres!.newDatabase()
      const { server } = await startBoth({ environment: { databaseUrl: url } })
      const name = new URL(url).pathname.slice(1)
      const admin = new URL(url)
      admin.pathname = '/postgres'
      admin.search = ''
      await runOn(admin.href, `alter database ${name} allow_connections false`)
      await runOn(
        admin.href,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      )
      await expect
        .poll(() => server.get('/readyz'), { timeout: 10_000 })
        .toMatchObject({
          status: 503,
          body: { status: 'unavailable', database: 'unavailable' },
        })
      expect((await server.get('/livez')).status).toBe(200)
      await runOn(admin.href, `alter database ${name} allow_connections true`)
      await expect
        .poll(async () => (await server.get('/readyz')).status, { timeout: 10_000 })
        .toBe(200)
    },
    30_000,
  )

  test.skipIf(postgres === undefined)(
    'it is not ready on a database that a newer program has brought further',
    async () => {
      const url = await postgres!.newDatabase()
      const { server } = await startBoth({ environment: { databaseUrl: url } })
      await runOn(url, `insert into migration (number, name, at) values (9999, 'later', 0)`)
      expect(await server.get('/readyz')).toMatchObject({ status: 503 })
      await runOn(url, 'delete from migration where number = 9999')
      expect(await server.get('/readyz')).toMatchObject({ status: 200 })
    },
  )

  test('metrics are for this machine, or for who shows the token', async () => {
    const metricsToken = 'a-token-that-is-long'
    const { server } = await startBoth({ environment: { metricsToken } })
    expect((await metricsOf(server.url)).status).toBe(200)
    expect((await metricsOf(server.url, elsewhere)).status).toBe(403)
    const wrong = { ...elsewhere, authorization: 'Bearer a-token-that-is-wrong' }
    expect((await metricsOf(server.url, wrong)).status).toBe(403)
    const right = { ...elsewhere, authorization: `Bearer ${metricsToken}` }
    expect((await metricsOf(server.url, right)).status).toBe(200)
    const bare = await startBoth()
    expect((await metricsOf(bare.server.url, right)).status).toBe(403)
    expect(() => readEnvironment({ TILLPOST_METRICS_TOKEN: 'short' })).toThrow(ConfigurationError)
  })

  test('metrics tell outcomes by reason, requests by endpoint and status, commits, memory and the event loop', async () => {
    const { server, klaviyo } = await startBoth()
    klaviyo.answer('/api/events', 429, { times: 1 })
    await server.track('Order Completed', { ...person, properties: { order_id: 1, total: 5 } })
    await server.track('Product Viewed', { properties: { product_id: 'p' }, anonymousId: 'nobody' })
    await server.settle()
    const { text } = await metricsOf(server.url)
    expect(figureIn(text, 'tillpost_events_received_total')).toBe(2)
    expect(figureIn(text, 'tillpost_events_settled_total', 'reason="accepted"')).toBe(1)
    expect(figureIn(text, 'tillpost_events_settled_total', 'anonymous_waiting')).toBe(1)
    expect(figureIn(text, 'tillpost_klaviyo_throttled_total')).toBe(1)
    const events = 'endpoint="/api/events"'
    expect(figureIn(text, 'tillpost_klaviyo_requests_total', events, 'status="429"')).toBe(1)
    expect(figureIn(text, 'tillpost_klaviyo_requests_total', events, 'status="202"')).toBe(1)
    expect(figureIn(text, 'tillpost_commit_seconds_count', 'what="append"')).toBe(2)
    expect(figureIn(text, 'tillpost_commit_seconds_count', 'what="settle"')).toBeGreaterThan(0)
    expect(figureIn(text, 'tillpost_accounts')).toBe(1)
    expect(figureIn(text, 'tillpost_nodes')).toBe(1)
    expect(figureIn(text, 'tillpost_process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(figureIn(text, 'tillpost_nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0)
    expect(figureIn(text, 'tillpost_governor_waiting_accounts', 'way="events"')).toBe(0)
    expect(text).not.toContain('ada')
    expect(text).not.toContain('nobody')
  })

  test('M27 alerts can be made of a connection’s silence, its backlog and a wait that limits do not explain', async () => {
    const { server } = await startBoth()
    const { workspaceId, id } = server.installation.connection
    await fetch(new URL(`/api/connections/${id}/pause`, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    for (const order of [1, 2, 3])
      await server.track('Order Completed', { ...person, properties: { order_id: order } })
    const { text } = await metricsOf(server.url)
    const labels = [`workspace="${workspaceId}"`, `connection="${id}"`, 'lane="live"']
    const figure = (name: string) => figureIn(text, `tillpost_connection_${name}`, ...labels)
    expect(figure('waiting_events')).toBe(3)
    expect(figure('oldest_seconds')).toBeGreaterThan(0)
    expect(figure('unexplained_seconds')).toBe(figure('oldest_seconds'))
    expect(figure('last_received_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 60)
    expect(figureIn(text, 'tillpost_connections', 'state="held"')).toBe(1)
  })

  test('a wait is explained by what was sent meanwhile at full speed, and by nothing else', () => {
    const now = 1_000_000
    const after = (seconds: number, acceptedSince: number, settings = {}) =>
      unexplainedSeconds(
        { settings: settings as never },
        { oldestAt: now - seconds * 1000, acceptedSince },
        now,
      )
    expect(after(100, 245_000)).toBe(0)
    expect(after(100, 0)).toBe(100)
    expect(after(100, 122_500)).toBe(50)
    expect(after(100, 50_000, { requestsPerSecond: 0.5 })).toBe(0)
    expect(unexplainedSeconds({ settings: {} as never }, { acceptedSince: 0 }, now)).toBe(0)
  })
})

describe('roles', () => {
  test('are http and delivery; one process on a file does everything', () => {
    expect([...readRoles('http, delivery', undefined)]).toEqual(['http', 'delivery'])
    expect([...readRoles('delivery', 'postgres://x')]).toEqual(['delivery'])
    expect(() => readRoles('http', undefined)).toThrow(/DATABASE_URL/u)
    expect(() => readRoles('sync', 'postgres://x')).toThrow(/leave it out/u)
    expect(() => readRoles('workers', 'postgres://x')).toThrow(/must be http, delivery/u)
  })

  test.skipIf(postgres === undefined)(
    'W29 what a node that only receives takes, one that only delivers sends at once; without one every status says so',
    async () => {
      const environment = { databaseUrl: await postgres!.newDatabase() }
      const delivering = await startBoth({ environment, roles: new Set(['delivery']) })
      const { klaviyo } = delivering
      const receiving = await startBoth({ environment, klaviyo, roles: new Set(['http']) })
      await expect
        .poll(async () => figureIn((await metricsOf(receiving.server.url)).text, 'tillpost_nodes'))
        .toBe(2)
      // W29: is the consumer running? Every node says so.
      expect((await receiving.server.get('/api/status')).body).toMatchObject({
        nodes: { alive: 2, delivering: 1 },
      })
      expect((await delivering.server.track('Order Completed', person)).status).toBe(404)
      const start = performance.now()
      await receiving.server.track('Order Completed', {
        ...person,
        properties: { order_id: 1, total: 5 },
      })
      await expect.poll(() => klaviyo.events('Placed Order').length, { interval: 10 }).toBe(1)
      expect(performance.now() - start).toBeLessThan(5000)
      const metrics = await metricsOf(receiving.server.url)
      expect(figureIn(metrics.text, 'tillpost_accounts')).toBe(0)
      await delivering.server.stop()
      await expect
        .poll(async () => (await receiving.server.get('/api/status')).body, { timeout: 5000 })
        .toMatchObject({ nodes: { delivering: 0 } })
    },
    20_000,
  )
})
