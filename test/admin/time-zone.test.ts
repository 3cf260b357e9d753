import { describe, expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { newWorkspace } from './workspace.ts'

async function start() {
  const { server } = await startBoth()
  const owner = await ownerOf(server.parts)
  const path = `/workspaces/${await newWorkspace(owner, 'Acme')}`
  const newStore = async (body: object) => owner.ask('POST', `${path}/stores`, body)
  return { owner, path, newStore }
}

describe('a store’s country and currency', () => {
  test.each([
    [{ country: 'UK' }, 'unknown_country'],
    [{ country: 'QQ' }, 'unknown_country'],
    [{ country: 'EU' }, 'unknown_country'],
    [{ currency: 'QQQ' }, 'unknown_currency'],
    [{ domain: 'javascript:alert(1)' }, 'invalid_request'],
    [{ domain: 'https://shop.example' }, 'invalid_request'],
  ])('%j is refused, for a new store and for one that is there', async (wrong, code) => {
    const { owner, path, newStore } = await start()
    const refused = await newStore({ name: 'Acme', ...wrong })
    expect([refused.status, refused.body.code]).toEqual([400, code])
    const right = { domain: 'localhost:8080', country: 'GB', currency: 'GBP' }
    const { status, body } = await newStore({ name: 'Acme', ...right })
    expect(status).toBe(201)
    const changed = await owner.ask('PATCH', `${path}/stores/${body.id}`, wrong)
    expect([changed.status, changed.body.code]).toEqual([400, code])
    expect((await owner.ask('GET', `${path}/stores`)).body.data).toMatchObject([right])
  })
})

describe('a store’s time zone', () => {
  test('is UTC unless told, is changed, and the trail says from what to what', async () => {
    const { owner, path, newStore } = await start()
    const usual = await newStore({ name: 'Acme' })
    expect(usual).toMatchObject({ status: 201, body: { timeZone: 'UTC' } })
    const tokyo = await newStore({ name: 'Acme JP', timeZone: 'Asia/Tokyo' })
    expect(tokyo.body.timeZone).toBe('Asia/Tokyo')
    const here = `${path}/stores/${tokyo.body.id}`
    const changed = await owner.ask('PATCH', here, { timeZone: 'America/Argentina/Buenos_Aires' })
    expect(changed).toMatchObject({ status: 200, body: { name: 'Acme JP' } })
    const zones = (await owner.ask('GET', `${path}/stores`)).body.data.map(
      ({ timeZone }: { timeZone: string }) => timeZone,
    )
    expect(zones).toEqual(['UTC', 'America/Argentina/Buenos_Aires'])
    await owner.ask('PATCH', here, { name: 'Acme AR' })
    expect((await owner.ask('GET', `${path}/stores`)).body.data[1]).toMatchObject({
      name: 'Acme AR',
      timeZone: 'America/Argentina/Buenos_Aires',
    })
    const acts = (await owner.ask('GET', `${path}/audit`)).body.data
    expect(acts[1]).toMatchObject({
      action: 'store.change',
      before: { timeZone: 'Asia/Tokyo' },
      after: { timeZone: 'America/Argentina/Buenos_Aires' },
    })
  })

  test.each([
    ['Mars/Olympus', 'unknown_zone', 'Nobody knows this time zone. Give one as Europe/Berlin.'],
    ['+09:00', 'invalid_request', 'timeZone has to be a time zone, as Europe/Berlin.'],
    ['', 'invalid_request', 'timeZone has to be a time zone, as Europe/Berlin.'],
  ])('“%s” is refused in a sentence, and nothing is changed', async (timeZone, code, detail) => {
    const { owner, path, newStore } = await start()
    const refused = { status: 400, body: { code, detail } }
    expect(await newStore({ name: 'Acme', timeZone })).toMatchObject(refused)
    const { id } = (await newStore({ name: 'Acme' })).body
    expect(await owner.ask('PATCH', `${path}/stores/${id}`, { timeZone })).toMatchObject(refused)
    expect((await owner.ask('GET', `${path}/stores`)).body.data).toMatchObject([
      { timeZone: 'UTC' },
    ])
  })

  test('M28 goes along in the configuration file; a file from before there were any changes none', async () => {
    const { owner, path, newStore } = await start()
    await newStore({ name: 'Acme', timeZone: 'Asia/Tokyo' })
    const file = (await owner.ask('GET', `${path}/configuration`)).body
    expect(file.stores).toMatchObject([{ timeZone: 'Asia/Tokyo' }])
    const into = `/workspaces/${await newWorkspace(owner, 'Other')}`
    await owner.ask('POST', `${into}/configuration`, file)
    expect((await owner.ask('GET', `${into}/stores`)).body.data).toMatchObject([
      { timeZone: 'Asia/Tokyo' },
    ])

    const { timeZone: _, ...older } = file.stores[0]
    const plan = await owner.ask('POST', `${into}/configuration`, { ...file, stores: [older] })
    expect(plan.body.data.every(({ does }: { does: string }) => does === 'leave')).toBe(true)

    const unknown = { ...file, stores: [{ ...older, timeZone: 'Mars/Olympus' }] }
    expect(await owner.ask('POST', `${into}/configuration`, unknown)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/body/stores/0/timeZone' }] },
    })
    expect((await owner.ask('GET', `${into}/stores`)).body.data).toMatchObject([
      { timeZone: 'Asia/Tokyo' },
    ])
  })

  test('the overview refuses a zone that nobody knows for every period', async () => {
    const { owner, path } = await start()
    for (const period of ['24h', '7d']) {
      const asked = `${path}/overview?period=${period}&zone=`
      expect((await owner.ask('GET', `${asked}Asia/Tokyo`)).status).toBe(200)
      expect((await owner.ask('GET', `${asked}Mars/Olympus`)).body.code).toBe('unknown_zone')
    }
  })
})
