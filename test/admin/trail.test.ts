import { readdirSync, readFileSync } from 'node:fs'
import { join as pathTo } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { type Client, clientOf, ownerOf, password } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

async function start() {
  const { server, klaviyo } = await startBoth()
  const owner = await ownerOf(server.parts)
  const workspace = await newWorkspace(owner, 'Acme')
  return { server, klaviyo, owner, workspace, path: `/workspaces/${workspace}` }
}

async function actions(owner: Client, path: string): Promise<string[]> {
  const { body } = await owner.ask('GET', `${path}/audit?limit=100`)
  return body.data.map(({ action }: { action: string }) => action)
}

describe('the trail', () => {
  test('A90 every change is one row: who, from where, what, before and after; what was refused is none', async () => {
    const { owner, path } = await start()
    await owner.ask('PATCH', path, { name: 'Acme II' })
    await owner.ask('PATCH', path, { name: 7 })
    const store = await owner.ask('POST', `${path}/stores`, { name: 'North' })
    const source = await owner.ask('POST', `${path}/sources`, {
      storeId: store.body.id,
      name: 'Shop',
    })
    await owner.ask('POST', `${path}/sources/${source.body.id}/roll`, { overlapHours: 0 })
    expect(await actions(owner, path)).toEqual([
      'source.roll',
      'source.add',
      'store.add',
      'workspace.change',
      'member.add',
      'workspace.add',
    ])
    const { body } = await owner.ask('GET', `${path}/audit`)
    const changed = body.data.find(
      ({ action }: { action: string }) => action === 'workspace.change',
    )
    expect(changed).toMatchObject({
      by: { type: 'member', name: 'Olga' },
      address: '127.0.0.1',
      before: { name: 'Acme' },
      after: { name: 'Acme II' },
    })
  })

  test('it can be narrowed to a kind of act, and to whoever acted', async () => {
    const { server, owner, workspace, path } = await start()
    const other = await join(server.parts, owner, workspace, 'admin')
    await other.ask('PATCH', path, { name: 'Theirs' })
    await owner.ask('PATCH', path, { name: 'Mine' })
    const narrowed = async (query: string) =>
      (await owner.ask('GET', `${path}/audit?${query}`)).body.data.map(
        ({ action }: { action: string }) => action,
      )
    expect(await narrowed(`about=workspace&by=${other.id}`)).toEqual(['workspace.change'])
    expect(await narrowed('about=workspace')).toEqual([
      'workspace.change',
      'workspace.change',
      'workspace.add',
    ])
    expect(await narrowed('about=work')).toEqual([])
    expect((await owner.ask('GET', `${path}/audit?about=a%25`)).status).toBe(400)
  })

  test('A89 a row that was edited, or taken out of the middle, is noticed', async () => {
    const { server, owner, path } = await start()
    for (const name of ['One', 'Two', 'Three']) await owner.ask('PATCH', path, { name })
    expect((await owner.ask('GET', `${path}/audit/check`)).body).toEqual({ whole: true, rows: 5 })
    await server.stop()
    const db = new DatabaseSync(pathTo(server.dataDir, 'tillpost.db'))
    db.exec(
      `update audit set after_value = '{"name":"Forged"}' where number = 4 and action = 'workspace.change'`,
    )
    db.close()
    const { server: again } = await startBoth({ dataDir: server.dataDir })
    const back = clientOf(again.url)
    await back.ask('POST', '/session', { email: 'olga@shop.example', password })
    expect((await back.ask('GET', `${path}/audit/check`)).body).toEqual({
      whole: false,
      brokenAt: 4,
    })
  })

  test('A3 a cursor of another list or workspace is none, nor is one that was made up', async () => {
    const { owner, path } = await start()
    for (const name of ['One', 'Two']) await owner.ask('PATCH', path, { name })
    const other = `/workspaces/${await newWorkspace(owner, 'Other')}`
    const { body } = await owner.ask('GET', `${path}/audit?limit=1`)
    expect((await owner.ask('GET', `${path}/audit?limit=1&cursor=${body.next}`)).status).toBe(200)
    for (const [where, cursor] of [
      [other, body.next],
      [path, `${body.next}x`],
      [path, 'eyJhIjoxfQ'],
    ]) {
      const answer = await owner.ask('GET', `${where}/audit?cursor=${cursor}`)
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor'])
    }
  })

  test('A80 what a spreadsheet would take for a formula is text in the export', async () => {
    const { owner, path } = await start()
    await owner.ask('PATCH', '/me', { name: '=HYPERLINK("http://evil.example")' })
    await owner.ask('PATCH', path, { name: 'New' })
    const { body, headers } = await owner.ask('GET', `${path}/audit.csv`)
    expect(headers.get('content-type')).toContain('text/csv')
    expect(body).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
    expect(body).not.toMatch(/(?:^|,)=/m)
  })
})

describe('Idempotency-Key', () => {
  test('A100 the same request again is answered the same and done once; another body, caller or workspace is another matter', async () => {
    const { server, owner, path } = await start()
    const key = { 'idempotency-key': 'once' }
    const ask = (client: Client, name: string, where = path) =>
      client.ask('POST', `${where}/stores`, { name }, key)
    const first = await ask(owner, 'North')
    const again = await ask(owner, 'North')
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await ask(owner, 'South')).status).toBe(422)
    const other = `/workspaces/${await newWorkspace(owner, 'Other')}`
    expect((await ask(owner, 'North', other)).body.id).not.toBe(first.body.id)
    const workspace = path.split('/').at(-1)!
    const admin = await join(server.parts, owner, workspace, 'admin')
    expect((await ask(admin, 'West')).status).toBe(201)
    expect((await owner.ask('GET', `${path}/stores`)).body.data).toHaveLength(2)
  })

  test('A100 of two at once one does it and the other is told to wait, or given the same answer', async () => {
    const { owner, path } = await start()
    const key = { 'idempotency-key': 'together' }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => owner.ask('POST', `${path}/stores`, { name: 'North' }, key)),
    )
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    expect((await owner.ask('GET', `${path}/stores`)).body.data).toHaveLength(1)
  })
})

test('sessions, links and kept answers that are over are forgotten; what is in use stays', async () => {
  const { server, owner, path } = await start()
  const { access } = server.parts
  await owner.ask('POST', `${path}/stores`, { name: 'North' }, { 'idempotency-key': 'a' })
  const dayMs = 86_400_000
  await access.tidy(Date.now() - 8 * dayMs)
  expect((await owner.ask('GET', '/sessions')).body.data).toHaveLength(1)
  await access.tidy(Date.now() + dayMs)
  expect((await owner.ask('GET', '/session')).status).toBe(401)
})

describe('tokens', () => {
  test('A103 a token of somebody who left, that was rolled away, ended, or comes from elsewhere is refused', async () => {
    const { server, owner, workspace, path } = await start()
    const developer = await join(server.parts, owner, workspace, 'developer')
    const make = async (networks: string[] = []) =>
      (
        await developer.ask('POST', `${path}/tokens`, {
          name: 'CI',
          scopes: ['read'],
          expiresInDays: 1,
          networks,
        })
      ).body as { id: string; token: string }
    const statusOf = async (token: string) =>
      (await clientOf(server.url, { token }).ask('GET', path)).status
    const { id, token } = await make()
    expect(await statusOf(token)).toBe(200)
    expect(await statusOf((await make(['203.0.113.0/24'])).token)).toBe(403)
    expect(await statusOf((await make(['127.0.0.0/8'])).token)).toBe(200)
    expect(await statusOf(`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`)).toBe(401)
    const overlapping = await developer.ask('POST', `${path}/tokens/${id}/roll`, {
      overlapHours: 1,
    })
    expect(await statusOf(token)).toBe(200)
    const last = await developer.ask('POST', `${path}/tokens/${id}/roll`, { overlapHours: 0 })
    expect(await statusOf(token)).toBe(401)
    expect(await statusOf(overlapping.body.token)).toBe(401)
    expect(await statusOf(last.body.token)).toBe(200)
    await owner.ask('DELETE', `${path}/members/${developer.id}`)
    expect(await statusOf(last.body.token)).toBe(401)
  })

  test('A11 nobody gives a token more than they may themselves, and a token makes none', async () => {
    const { server, owner, workspace, path } = await start()
    const developer = await join(server.parts, owner, workspace, 'developer')
    const wanted = { name: 'Much', scopes: ['read', 'manage'], expiresInDays: 1 }
    expect((await developer.ask('POST', `${path}/tokens`, wanted)).body.code).toBe('forbidden')
    const all = await owner.ask('POST', `${path}/tokens`, {
      ...wanted,
      scopes: ['read', 'develop', 'manage'],
    })
    const program = clientOf(server.url, { token: all.body.token })
    expect((await program.ask('POST', `${path}/tokens`, wanted)).status).toBe(403)
  })
})

test('A50 A51 M21 no secret is in any answer after it was shown, nor readable in the database', async () => {
  const canary = 'pk_canary_0123456789abcdef0123'
  const klaviyo = await startSimulator({
    accounts: [
      { id: 'TEST01', name: 'Test', privateKey: 'pk_test' },
      { id: 'CANARY', name: 'Canary', privateKey: canary },
    ],
  })
  onTestFinished(() => klaviyo.close())
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const workspace = await newWorkspace(owner, 'Acme')
  const path = `/workspaces/${workspace}`
  const key = { 'idempotency-key': 'shown' }
  await owner.ask('POST', `${path}/destinations`, { privateKey: canary }, key)
  const token = { name: 'CI', scopes: ['read'], expiresInDays: 1 }
  const made = await owner.ask('POST', `${path}/tokens`, token, key)
  const invited = await owner.ask('POST', `${path}/invites`, {
    email: 'eve@example.com',
    role: 'viewer',
  })
  const { body: factor } = await owner.ask('POST', '/me/second-factor', { password })
  const secrets = [
    canary,
    made.body.token as string,
    new URL(invited.body.link as string).hash.replace('#code=', ''),
    factor.secret as string,
    owner.cookies.get('__Host-tillpost')!,
    password,
  ]
  const answers = []
  for (const where of [
    'destinations',
    'tokens',
    'invites',
    'members',
    'audit',
    'audit.csv',
    'sources',
  ])
    answers.push((await owner.ask('GET', `${path}/${where}`)).body)
  answers.push(
    (await owner.ask('GET', '/session')).body,
    (await owner.ask('GET', '/sessions')).body,
  )
  const shown = JSON.stringify(answers)
  await server.stop()
  const kept = readdirSync(server.dataDir)
    .map((file) => readFileSync(pathTo(server.dataDir, file)).toString('latin1'))
    .join('\n')
  // What is no secret is there to be found.
  expect(kept).toContain('eve@example.com')
  for (const secret of secrets) {
    expect(shown).not.toContain(secret)
    expect(kept).not.toContain(secret)
  }
}, 30_000)
