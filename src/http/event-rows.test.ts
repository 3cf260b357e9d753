import { describe, expect, test } from 'vitest'
import { startBoth, type TestServer } from '../../test/harness.ts'
import { tillpost } from '../../test/program.ts'
import { reasons } from '../core/index.ts'

interface Listed {
  readonly events: readonly {
    readonly seq: number
    readonly outcome: string
    readonly reason?: string
    readonly sentence?: string
    readonly nextAt?: string
  }[]
  readonly next?: number
}

async function list(server: TestServer, query: string): Promise<Listed> {
  return (await server.get(`/api/events?${query}`)).body as Listed
}

async function seqs(server: TestServer, query: string): Promise<readonly number[]> {
  return (await list(server, query)).events.map(({ seq }) => seq)
}

const ana = { userId: '1', context: { traits: { email: 'ana@shop.example' } } }

/** One event that was accepted, one whose guest is unknown, and three that wait for their turn. */
async function sendSome(server: TestServer, trouble: () => void): Promise<void> {
  await server.track('Scarf Sold', ana)
  await server.track('Scarf Seen', { anonymousId: 'guest' })
  await server.settle()
  trouble()
  for (const name of ['a', 'b', 'c'])
    await server.track('Gift Wrapped', { ...ana, messageId: name })
}

async function told(server: TestServer, parameters: readonly string[]): Promise<string> {
  const program = tillpost(parameters, { env: { TILLPOST_DATA: server.dataDir } })
  expect(await program.ended).toBe(0)
  return program.stdout()
}

describe('S40 what waits for its turn shows what its connection does', () => {
  test('S40 a revoked key: held, with the reason, on the page, in the API and on the command line', async () => {
    const { server, klaviyo } = await startBoth()
    await sendSome(server, () => klaviyo.revokeKey(klaviyo.account().privateKey))
    await server.settle()

    const held = { outcome: 'held', reason: 'key_invalid', sentence: reasons.key_invalid.sentence }
    expect((await list(server, '')).events).toMatchObject([
      { seq: 5, ...held },
      { seq: 4, ...held },
      { seq: 3, ...held },
      { seq: 2, outcome: 'waiting', reason: 'anonymous_waiting' },
      { seq: 1, outcome: 'accepted' },
    ])
    expect(await seqs(server, 'outcome=held')).toEqual([5, 4, 3])
    expect(await seqs(server, 'reason=key_invalid')).toEqual([5, 4, 3])
    expect(await seqs(server, 'outcome=held&reason=paused')).toEqual([])
    expect(await seqs(server, 'outcome=held&person=nobody@shop.example')).toEqual([])
    expect(await seqs(server, 'outcome=waiting')).toEqual([2])
    expect(await seqs(server, 'outcome=accepted')).toEqual([1])
    const first = await list(server, 'outcome=held&limit=2')
    expect([first.events.map(({ seq }) => seq), first.next]).toEqual([[5, 4], 4])
    expect(await seqs(server, 'outcome=held&limit=2&before=4')).toEqual([3])

    expect((await server.get('/api/events/b')).body).toMatchObject({
      outcome: 'held',
      reason: 'key_invalid',
    })
    for (const path of ['/?outcome=held', '/?reason=key_invalid', '/events/b']) {
      const shown = String((await server.get(path)).body)
      expect(shown).toContain('held</span>')
      expect(shown).toContain('Klaviyo refused the key')
    }
    const table = await told(server, ['events', '--outcome', 'held'])
    expect(table.match(/held +key_invalid/gu)).toHaveLength(3)
  })

  test('S40 an outage: retrying, with the reason and the next time', async () => {
    const { server, klaviyo } = await startBoth()
    await sendSome(server, () => klaviyo.answer('/api/*', 503, { retryAfter: 120 }))
    const live = () => server.parts.engine.live(server.installation.connection.id)
    await expect.poll(() => live()?.state).toBe('retrying')

    const nextAt = new Date(live()?.nextAt ?? 0).toISOString()
    const row = { outcome: 'retrying', reason: 'klaviyo_unavailable', nextAt }
    expect((await list(server, 'outcome=retrying')).events).toMatchObject([row, row, row])
    expect(await seqs(server, 'outcome=held')).toEqual([])
    expect(await seqs(server, 'outcome=waiting')).toEqual([2])
    expect((await server.get('/api/events/b')).body).toMatchObject(row)
    expect(String((await server.get('/?outcome=retrying')).body)).toMatch(
      /Next try in \d+ (?:s|min)/u,
    )
    expect(String((await server.get('/events/b')).body)).toMatch(
      /next try is due in \d+ (?:s|min)/u,
    )
    expect(await told(server, ['events', 'b'])).toContain(`Next try  ${nextAt}`)
  })
})
