import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openData } from '../src/server/open-data.ts'
import { openKeyRing } from '../src/server/key-ring.ts'
import { systemClock } from '../src/server/clock.ts'
import { changesOf, openSecrets, writeKeyFile } from '../src/server/secrets.ts'
import { tendSecrets } from '../src/server/setup.ts'
import { startBoth, type TestServer } from './harness.ts'

interface Answer {
  readonly keys: readonly {
    readonly id: string
    readonly active: boolean
    readonly secrets: number
  }[]
  readonly made?: boolean
  readonly resealed?: number
  readonly removed?: readonly string[]
}

describe('changing the keys that encrypt what is stored, while everything runs', () => {
  test('M21 A54 a new key takes over, delivery goes on, and the old key is taken away after a minute', async () => {
    const { server, klaviyo } = await startBoth()
    const file = join(server.dataDir, 'keys')
    const old = readFileSync(file, 'utf8').trim()
    await addSecondFactor(server)
    const rotated = await ask(server, '/api/keys/rotate')
    expect(rotated).toMatchObject({ made: true, resealed: 2 })
    expect(rotated.keys.map(({ active, secrets }) => [active, secrets])).toEqual([
      [true, 2],
      [false, 0],
    ])
    const [fresh, kept] = readFileSync(file, 'utf8').trim().split('\n')
    expect(kept).toBe(old)
    const alone = openSecrets(fresh!)
    const { destination } = server.installation
    const [now] = await server.parts.config.destinations()
    expect(alone.open(now!.secret, destination.id)).toBe('pk_test')
    const olga = await server.parts.access.member('mem_1')
    expect(alone.open(olga!.totp!, 'totp:mem_1')).toBe('JBSWY3DP')

    await server.track('Order Completed', {
      context: { traits: { email: 'ada@example.com' } },
      properties: { order_id: 1 },
    })
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)

    expect((await server.post('/api/keys/retire', {})).status).toBe(409)
    const minutesAgo = new Date(Date.now() - 120_000)
    utimesSync(file, minutesAgo, minutesAgo)
    expect((await ask(server, '/api/keys/retire')).removed).toHaveLength(1)
    expect(readFileSync(file, 'utf8').trim()).toBe(fresh)
    const trail = await server.parts.access.acts('installation', { limit: 10, about: 'keys' })
    expect(trail.map(({ action, by }) => `${action} ${by.type}`)).toEqual([
      'keys.retire local',
      'keys.rotate local',
    ])
  })

  test('M21 A54 one that is killed in the middle leaves nothing unreadable; a start, or another rotation, finishes it', async () => {
    const { server } = await startBoth()
    await addSecondFactor(server)
    const { dataDir } = server
    await server.stop()
    const file = join(dataDir, 'keys')
    const data = await openData({ dataDir }, () => {})
    const { config, secrets } = data
    const dying = {
      sealed: () => config.sealed(),
      reseal: () => Promise.reject(new Error('killed')),
    }
    const given = { secrets, clock: systemClock, file, ring: undefined }
    const ring = openKeyRing({ ...given, config: dying })
    await expect(ring.rotate()).rejects.toThrow('killed')
    // The new key stands in the file, and nothing is encrypted with it: all of it opens all the same.
    for (const { id, kind, text } of await config.sealed()) {
      expect(secrets.open(text, kind === 'totp' ? `totp:${id}` : id)).not.toBe('')
    }
    const again = openKeyRing({ ...given, config })
    expect(await again.rotate()).toEqual({ made: false, resealed: 2 })
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2)
    // Nothing is behind any more: the next one makes a key again.
    await expect(ring.rotate()).rejects.toThrow('killed')
    expect(await tendSecrets(config, secrets, Date.now())).toEqual({ resealed: 2, unreadable: 0 })
    await data.close()
  })

  test('M21 another node that shares the file opens and uses the new key at once', async () => {
    const { server } = await startBoth()
    const file = join(server.dataDir, 'keys')
    const other = openSecrets(readFileSync(file, 'utf8'), changesOf(file))
    const before = other.seal('a', 'x')
    await ask(server, '/api/keys/rotate')
    const { secret, id } = (await server.parts.config.destinations())[0]!
    expect(other.open(secret, id)).toBe('pk_test')
    expect(other.isOld(before)).toBe(true)
    expect(other.isOld(other.seal('a', 'x'))).toBe(false)
    expect(other.open(before, 'x')).toBe('a')
  })

  test('M21 tokens that were refreshed meanwhile are not overwritten', async () => {
    const { server } = await startBoth()
    const { config, secrets } = server.parts
    const [former] = await config.sealed()
    const newer = secrets.seal('newer', former!.id)
    await config.changeSecret(former!.workspaceId!, former!.id, newer)
    expect(await config.reseal(former!, 'older')).toBe(false)
    expect((await config.sealed())[0]!.text).toBe(newer)
  })

  test('M21 a ring in the environment is the operator’s to change, and says how', async () => {
    const keys = Buffer.alloc(32, 7).toString('base64')
    const { server } = await startBoth({ environment: { keys } })
    expect(await server.post('/api/keys/rotate', {})).toMatchObject({
      status: 409,
      body: { code: 'keys_in_environment', detail: expect.stringContaining('TILLPOST_KEYS') },
    })
  })

  test('half a ring is never seen: the file is put in place whole', async () => {
    const { server } = await startBoth()
    const file = join(server.dataDir, 'keys')
    const ring = readFileSync(file, 'utf8')
    const changed = changesOf(file)
    expect(changed()).toBeUndefined()
    writeKeyFile(file, `${ring}\n`)
    expect(changed()).toBe(`${ring}\n`)
    expect(changed()).toBeUndefined()
  })
})

test('M25 what the command line changes stands in the trail, with the command line as who did it', async () => {
  const { server } = await startBoth()
  const { workspaceId, id } = server.installation.connection
  await server.post(`/api/connections/${id}/pause`, {})
  await server.post(`/api/connections/${id}/resume`, {})
  await server.post(`/api/connections/${id}/settings`, { requestsPerSecond: 5 })
  await server.post(`/api/connections/${id}/browser-key`, { may: 'everything' })
  const trail = await server.parts.access.acts(workspaceId, { limit: 10 })
  expect(trail.map(({ action, by }) => `${action} ${by.type}`)).toEqual([
    'source.change local',
    'settings.change local',
    'connection.resume local',
    'connection.pause local',
  ])
  expect(trail[1]).toMatchObject({
    target: id,
    before: { requestsPerSecond: null },
    after: { requestsPerSecond: 5 },
  })
})

async function ask(server: TestServer, path: string): Promise<Answer> {
  const { status, body } = await server.post(path, {})
  expect(status).toBe(200)
  return body as Answer
}

/** A member whose second factor has a secret. */
async function addSecondFactor({ parts: { access, secrets } }: TestServer): Promise<void> {
  const now = Date.now()
  const act = {
    workspaceId: 'installation',
    at: now,
    by: { type: 'nobody' },
    address: '',
    action: 'member.add',
  } as const
  const ticket = { digest: 'd', kind: 'owner', createdAt: now, expiresAt: now + 1000 } as const
  await access.addTicket(ticket, undefined)
  const member = {
    id: 'mem_1',
    email: 'olga@shop.example',
    name: 'Olga',
    operator: true,
    password: 'x',
    totp: secrets.seal('JBSWY3DP', 'totp:mem_1'),
    totpStep: 0,
    recovery: [],
    createdAt: now,
  }
  await access.redeem('d', now, { member, memberships: [] }, act)
}
