import { describe, expect, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

const postgres = await findPostgres()
const engines: readonly (readonly [string, boolean, () => Promise<BothOptions>])[] = [
  ['SQLite', true, async () => ({})],
  [
    'PostgreSQL',
    postgres !== undefined,
    async () => ({ environment: { databaseUrl: await postgres!.newDatabase() } }),
  ],
]

describe.for(engines)('the installation, for its operator, on %s', ([, isThere, options]) => {
  test.skipIf(!isThere)(
    'connections with what they do, the troubled first; nodes; waits; what is switched off; no shopper',
    async () => {
      const { server, klaviyo } = await startBoth(await options())
      const owner = await ownerOf(server.parts)
      const { workspaceId, id } = server.installation.connection
      for (const number of [1, 2]) {
        if (number === 2) klaviyo.answer('/api/events', 400, { times: 1 })
        await server.track('Order Completed', {
          userId: `c-${number}`,
          context: { traits: { email: 'ana@shop.example' } },
          properties: { order_id: String(number) },
        })
        await server.settle()
      }
      const other = await newWorkspace(owner, 'Other')
      await owner.ask('PATCH', `/workspaces/${other}`, { flags: { klaviyo: false } })

      const { body: list } = await owner.ask('GET', '/operator/connections?sort=failing')
      expect(list.data).toMatchObject([
        {
          workspaceId,
          connectionId: id,
          state: 'connected',
          failed: 1,
          failingShare: 0.5,
          waiting: 0,
          lastReceivedAt: expect.any(String),
        },
      ])
      expect(list.data[0].perHour).toBeGreaterThan(0)
      expect(list).not.toHaveProperty('next')
      const { body: state } = await owner.ask('GET', '/operator/installation')
      expect(state).toMatchObject({
        workspaces: 2,
        connections: 1,
        broken: 0,
        waiting: 0,
        nodes: [{ here: true, delivers: true, accounts: 1 }],
        flags: [{ workspaceId: other, flag: 'klaviyo' }],
      })
      expect(state.nodes[0].renewsBefore > state.at).toBe(true)
      // Of the running hour and the one before.
      const runsMs = Date.parse(state.at) - Date.parse(state.perHourSince)
      expect(runsMs >= 3_600_000 && runsMs < 7_200_000).toBe(true)
      expect(state.here.waits.map(({ way }: { way: string }) => way)).toContain('events')
      expect(JSON.stringify([list, state])).not.toContain('ana@')
    },
  )
})

describe('the installation', () => {
  test('A10 nobody but the operator sees it, and no token does', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId } = server.installation.connection
    const admin = await join(server, owner, workspaceId, 'owner')
    for (const path of ['/operator/connections', '/operator/installation']) {
      const { status, body } = await admin.ask('GET', path)
      expect([status, body.code]).toEqual([403, 'forbidden'])
    }
  })
})
