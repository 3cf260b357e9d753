import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../simulator/index.ts'
import type { Simulator } from '../simulator/index.ts'
import { systemClock } from './clock.ts'
import { ConfigurationError } from './environment.ts'
import { checkKey } from './key.ts'
import { openData } from './open-data.ts'
import { changeKey, installationOf, setUp, tendSecrets, tendSources } from './setup.ts'
import { openSecrets } from './secrets.ts'

let klaviyo: Simulator

beforeAll(async () => {
  klaviyo = await startSimulator({
    limits: false,
    accounts: [{ id: 'ACME01', name: 'Acme', privateKey: 'pk_1' }],
  })
})
afterAll(() => klaviyo.close())

const check = (key: string, publicKey?: string) =>
  checkKey(key, { publicKey, klaviyoUrl: klaviyo.url, clock: systemClock })

const newFolder = () => mkdtempSync(join(tmpdir(), 'tillpost-'))

test('S4 a key that Klaviyo does not know is refused and not saved', async () => {
  await expect(check('pk_unknown')).rejects.toThrow(ConfigurationError)
  await expect(check('pk_unknown')).rejects.toThrow(/not saved/u)
})

test('S5 a valid key shows its account', async () => {
  expect(await check('pk_1')).toMatchObject({ accountId: 'ACME01', account: { name: 'Acme' } })
})

test('S5 a key without accounts:read goes by the public key, else by its digest', async () => {
  klaviyo.account().addKey('pk_narrow', ['events:write', 'profiles:write'])
  const without = await check('pk_narrow')
  expect(without.accountId).toMatch(/^key:[0-9a-f]{16}$/u)
  expect(without.warnings.join(' ')).toContain('accounts:read')
  const withId = await check('pk_narrow', 'ACME01')
  expect(withId.accountId).toBe('ACME01')
  expect(withId.warnings.join(' ')).not.toContain('accounts:read')
})

test('S6 a key that lacks a needed permission is refused, naming it', async () => {
  klaviyo.account().addKey('pk_reader', ['accounts:read', 'profiles:write'])
  await expect(check('pk_reader')).rejects.toThrow(/events:write/u)
})

test('a key that cannot be checked is not saved, and the message says why', async () => {
  await expect(
    checkKey('pk_1', { klaviyoUrl: 'http://127.0.0.1:9', clock: systemClock }),
  ).rejects.toThrow(/could not be checked/u)
})

test('M21 W9 W32 what is set up is found again, with its key encrypted and the day it went live', async () => {
  const dataDir = newFolder()
  const notices: string[] = []
  const data = await openData({ dataDir }, (line) => notices.push(line))
  expect(notices).toEqual([expect.stringMatching(/^Made .*keys: it encrypts/u)])
  expect(await installationOf(data.config)).toBeUndefined()
  const key = await check('pk_1')
  await setUp(
    data.config,
    data.secrets,
    { storeName: 'Müller & Söhne', preset: 'stream', country: 'DE', key },
    1000,
  )
  const found = await installationOf(data.config)
  expect(found).toMatchObject({
    storeName: 'Müller & Söhne',
    destination: { accountId: 'ACME01', accountName: 'Acme', state: 'connected' },
    connection: { version: 1, since: 1000, settings: { preset: 'stream' } },
  })
  expect(found?.connection.store).toMatchObject({ key: 'muller-sohne', country: 'DE' })
  expect(found?.destination.secret).not.toContain('pk_1')
  expect(data.secrets.open(found!.destination.secret, found!.destination.id)).toBe('pk_1')
  expect(statSync(join(dataDir, 'tillpost.db')).mode & 0o077).toBe(0)
  await data.close()
})

test('M21 a new key ring seals stored keys anew, and a new Klaviyo key replaces the old one', async () => {
  const dataDir = newFolder()
  const [old, fresh] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'))
  const data = await openData({ dataDir, keys: old! }, () => {})
  const { config } = data
  const made = await setUp(
    config,
    data.secrets,
    { storeName: 'Acme', preset: 'storefront', key: await check('pk_1') },
    1000,
  )
  const both = openSecrets(`${fresh} ${old}`)
  expect(await tendSecrets(config, both, 1000)).toEqual({ resealed: 1, unreadable: 0 })
  expect(await tendSecrets(config, both, 1000)).toEqual({ resealed: 0, unreadable: 0 })
  const onlyFresh = openSecrets(fresh!)
  const secretOf = async () => (await config.destinations())[0]!.secret
  expect(onlyFresh.open(await secretOf(), made.destination.id)).toBe('pk_1')

  const { workspaceId, id } = made.destination
  await config.markDestination(workspaceId, id, { reason: 'key_invalid', at: 2000 })
  klaviyo.account().addKey('pk_2')
  await changeKey(config, onlyFresh, made, await check('pk_2'), 3000)
  expect(onlyFresh.open(await secretOf(), id)).toBe('pk_2')
  expect((await config.destinations())[0]).toMatchObject({ state: 'connected' })
  await data.close()
})

test('M21 A9 a key that cannot be decrypted holds its destination, until the ring has its key again', async () => {
  const [lost, fresh] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'))
  const data = await openData({ dataDir: newFolder(), keys: lost! }, () => {})
  const { config } = data
  const wanted = { storeName: 'Acme', preset: 'storefront', key: await check('pk_1') } as const
  await setUp(config, data.secrets, wanted, 1000)
  expect(await tendSecrets(config, openSecrets(fresh!), 2000)).toMatchObject({ unreadable: 1 })
  expect((await config.destinations())[0]).toMatchObject({
    state: 'error',
    error: { reason: 'key_invalid', detail: expect.stringMatching(/cannot be decrypted/u) },
  })
  expect(await tendSecrets(config, data.secrets, 3000)).toMatchObject({ unreadable: 0 })
  expect((await config.destinations())[0]).toMatchObject({ state: 'connected' })
  await data.close()
})

test('a start with many shops asks for their sources once, and not one by one', async () => {
  const data = await openData({ dataDir: newFolder() }, () => {})
  const key = await check('pk_1')
  for (const storeName of ['One', 'Two', 'Three'])
    await setUp(data.config, data.secrets, { storeName, preset: 'storefront', key }, 1000)
  const { config } = data
  let asked = 0
  await tendSources({
    sources(workspaceId) {
      asked += 1
      return config.sources(workspaceId)
    },
    connections: (workspaceId) => config.connections(workspaceId),
    changeSource: (...of) => config.changeSource(...of),
  })
  expect(asked).toBe(1)
  await data.close()
})

test('a folder that another process has is refused, saying so', async () => {
  const dataDir = newFolder()
  const data = await openData({ dataDir }, () => {})
  await expect(openData({ dataDir }, () => {})).rejects.toThrow(/is running on .* already/u)
  await data.close()
})
