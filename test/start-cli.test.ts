import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Simulator } from '../src/simulator/index.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { tillpost } from './program.ts'
import type { Program } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const privateKey = 'pk_cli'

async function klaviyoForTest(): Promise<Simulator> {
  const simulator = await startSimulator({
    limits: false,
    accounts: [{ id: 'CLI001', name: 'Acme', privateKey }],
  })
  onTestFinished(() => simulator.close())
  return simulator
}

/** Runs a command to its end. */
async function done(
  ...given: Parameters<typeof tillpost>
): Promise<Program & { code: number | null }> {
  const program = tillpost(...given)
  return { ...program, code: await program.ended }
}

/** A store that is set up and served. */
async function served() {
  const klaviyo = await klaviyoForTest()
  const env = {
    TILLPOST_DATA: await temporaryFolder(),
    TILLPOST_PORT: '0',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const init = await done(['init', '--name', 'Acme Shop', '--currency', 'EUR', '--json'], { env })
  expect(init.code).toBe(0)
  const server = tillpost(['serve'], { env })
  await server.says(/Tillpost is at/u)
  return { klaviyo, env, server, made: JSON.parse(init.stdout()) as { writeKey: string } }
}

const order = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'm-1',
  userId: '7',
  context: { traits: { email: 'ana@shop.example' } },
  properties: {
    order_id: '1042',
    value: 30,
    currency: 'EUR',
    products: [
      { product_id: 'a', name: 'A', price: 10, quantity: 1 },
      { product_id: 'b', name: 'B', price: 20, quantity: 1 },
    ],
  },
}

test('help is no mistake, a wrong call is: exit codes 0 and 2', async () => {
  const help = await done(['--help'])
  expect(help.code).toBe(0)
  for (const command of [
    'init',
    'serve',
    'demo',
    'send',
    'explain',
    'status',
    'events',
    'failed',
    'replay',
    'discard',
  ]) {
    expect(help.stdout()).toContain(`  ${command} `)
  }
  expect((await done(['send', '--help'])).stdout()).toContain('Examples:')
  for (const wrong of [
    ['dance'],
    ['send'],
    ['status', '--colour'],
    ['replay'],
    ['replay', 'm-1', '--dry-run'],
    ['discard', '--all', '--reason', 'single_failure'],
    ['demo', '--port', 'x'],
  ]) {
    expect((await done(wrong, { env: { TILLPOST_DATA: await temporaryFolder() } })).code).toBe(2)
  }
})

test('a configuration that cannot be used is named, with what to do', async () => {
  const database = await done(['serve'], { env: { DATABASE_URL: 'mysql://x' } })
  expect(database.code).toBe(2)
  expect(database.stderr()).toContain('DATABASE_URL is no address of a PostgreSQL database')
  expect(database.stderr()).not.toMatch(/^ +at /mu)
})

test('without a server the commands that need one say how to start it', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  for (const command of [['status'], ['events'], ['replay', '--all'], ['send', '-']]) {
    const { code, stderr } = await done(command, { env })
    expect(code).toBe(1)
    expect(stderr()).toContain('Start it with `tillpost serve`')
  }
})

test('S4 S6 init refuses a key that Klaviyo does not know or that may not send events', async () => {
  const klaviyo = await klaviyoForTest()
  klaviyo.account().addKey('pk_reader', ['accounts:read', 'profiles:write'])
  const env = { TILLPOST_DATA: await temporaryFolder(), KLAVIYO_BASE_URL: klaviyo.url }
  const without = await done(['init'], { env })
  expect(without.code).toBe(2)
  expect(without.stderr()).toContain('Set KLAVIYO_PRIVATE_KEY')
  const unknown = await done(['init'], { env: { ...env, KLAVIYO_PRIVATE_KEY: 'pk_wrong' } })
  expect(unknown.code).toBe(2)
  expect(unknown.stderr()).toContain('not saved')
  const reader = await done(['init'], { env: { ...env, KLAVIYO_PRIVATE_KEY: 'pk_reader' } })
  expect(reader.stderr()).toContain('events:write')
  expect(reader.text()).not.toContain('pk_reader')
})

test('S5 M21 W32 init sets up once, and says what exists the second time; a new key replaces the old one', async () => {
  const klaviyo = await klaviyoForTest()
  const env = {
    TILLPOST_DATA: await temporaryFolder(),
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const first = await done(['init', '--name', 'Acme Shop'], { env })
  expect(first.code).toBe(0)
  expect(first.stdout()).toMatch(/Klaviyo account Acme \(CLI001\)/u)
  expect(first.stdout()).toMatch(/Live since +\d{4}-/u)
  expect(first.stderr()).toContain('keys: it encrypts')
  const second = await done(['init', '--name', 'Other'], { env })
  expect(second.code).toBe(0)
  expect(second.stdout()).toContain('set up before')
  expect(second.stdout()).toContain('Acme Shop')

  klaviyo.account().addKey('pk_next')
  klaviyo.addAccount({ id: 'OTHER1', privateKey: 'pk_other' })
  const next = await done(['init', '--new-key'], {
    env: { ...env, KLAVIYO_PRIVATE_KEY: 'pk_next' },
  })
  expect(next.stdout()).toContain('The new key is in place')
  const other = await done(['init', '--new-key'], {
    env: { ...env, KLAVIYO_PRIVATE_KEY: 'pk_other' },
  })
  expect(other.code).toBe(1)
  expect(other.stderr()).toContain('another Klaviyo account')
})

test('M29 explain shows what would be sent, and why something would not, without a server', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const sent = await done(['explain', '-'], { env, input: JSON.stringify(order) })
  expect(sent.code).toBe(0)
  expect(sent.stdout()).toContain('The event "Placed Order", worth 30 EUR')
  expect(sent.stdout().match(/The event "Ordered Product"/gu)).toHaveLength(2)

  const guest = { type: 'track', event: 'Product Viewed', anonymousId: 'a-1' }
  const json = await done(['explain', '-', '--preset', 'stream', '--json'], {
    env,
    input: JSON.stringify(guest),
  })
  expect(JSON.parse(json.stdout())).toMatchObject({ outcome: 'not sent', reason: 'no_identifier' })

  // Of several events the later ones know what the earlier ones said.
  const login = {
    type: 'identify',
    anonymousId: 'a-1',
    userId: '9',
    traits: { email: 'b@shop.example' },
  }
  const lines = [guest, login, guest].map((event) => JSON.stringify(event)).join('\n')
  const story = await done(['explain', '-', '--json'], { env, input: lines })
  expect(JSON.parse(story.stdout())).toMatchObject([
    { outcome: 'wait', reason: 'anonymous_waiting' },
    { outcome: 'send' },
    { outcome: 'send' },
  ])

  const broken = await done(['explain', '-'], { env, input: '{oops' })
  expect(broken.code).toBe(1)
  expect(broken.stderr()).toContain('That is no JSON')
})

test('M29 explain takes the body of a call as it is copied, without a type, and says how it was read', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const bodies = [
    { event: 'Product Viewed', userId: '1', properties: { name: 'Scarf', email: 'a@b.co' } },
    { userId: '1', traits: { email: 'a@b.co' } },
    { userId: '1' },
  ]
  const input = bodies.map((body) => JSON.stringify(body)).join('\n')
  const told = await done(['explain', '-', '--json'], { env, input })
  expect(JSON.parse(told.stdout())).toMatchObject([
    {
      outcome: 'send',
      actions: [{ type: 'event', metric: 'Viewed Product' }],
      lines: [
        expect.stringContaining('The event "Viewed Product"'),
        'Note: It has no type: read as track, as if sent to /v1/track.',
      ],
    },
    {
      outcome: 'send',
      actions: [{ type: 'profile' }],
      lines: [
        expect.stringContaining('The profile'),
        'Note: It has no type: read as identify, as if sent to /v1/identify.',
      ],
    },
    { outcome: 'refused', reason: 'refused_unreadable' },
  ])
  // As with send: it fails where nothing of it is an event that is taken.
  expect(told.code).toBe(0)
  const none = await done(['explain', '-'], { env, input: '{"userId":"1"}' })
  expect([none.code, none.stdout()]).toEqual([1, expect.stringContaining('refused')])
})

test('events go from a file to Klaviyo, and status, events and replay tell of them', async () => {
  const { klaviyo, env, server } = await served()
  const file = join(env.TILLPOST_DATA, 'events.jsonl')
  const lost = {
    type: 'group',
    messageId: 'm-2',
    groupId: 'LATER1',
    userId: '7',
    traits: { subscribe: true },
    context: order.context,
  }
  const nameless = { type: 'track', userId: '7' }
  const lines = [JSON.stringify(order), '{oops', JSON.stringify(nameless), JSON.stringify(lost)]
  await writeFile(file, lines.join('\n'))

  const sent = await done(['send', file, '--wait', '--json'], { env })
  expect(sent.code).toBe(0)
  expect(JSON.parse(sent.stdout())).toMatchObject({ taken: 2, refused: 2 })
  expect(sent.stderr()).toMatch(/Line 2: It is no JSON/u)
  expect(sent.stderr()).toMatch(/Line 3: A track call needs the name/u)
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  expect((await done(['send', file, '--strict'], { env })).code).toBe(1)

  const status = await done(['status', '--json'], { env })
  expect(status.code).toBe(0)
  expect(JSON.parse(status.stdout())).toMatchObject({
    connections: [
      { store: 'Acme Shop', account: 'Acme', state: 'connected', totals: { waiting: 0 } },
    ],
  })
  expect((await done(['status'], { env })).stdout()).toMatch(/^ +1 {2}accepted by Klaviyo$/mu)

  const list = await done(['events', '--outcome', 'failed'], { env })
  expect(list.stdout()).toMatch(/failed +klaviyo_rejected/u)
  expect(list.stdout()).not.toContain('Order Completed')
  const others = await done(['events', '--outcome', 'not-sent'], { env })
  expect(others.stdout()).toBe('No events like that.\n')
  const life = await done(['events', 'm-2'], { env })
  expect(life.stdout()).toContain('LATER1')
  expect(life.stdout()).toMatch(/POST \/api\/profile-subscription-bulk-create-jobs: HTTP 404/u)
  const unknown = await done(['events', 'm-9'], { env })
  expect(unknown.code).toBe(1)

  const failed = await done(['failed'], { env })
  expect(failed.stdout()).toContain('1  klaviyo_rejected: Klaviyo rejected it.')
  expect(failed.stdout()).toMatch(/m-2 .*after 1 try/u)
  const rejected = ['--reason', 'klaviyo_rejected']
  const counted = await done(['replay', ...rejected, '--dry-run'], { env })
  expect(counted.stdout()).toBe('1 event would be delivered again.\n')
  const kept = await done(['discard', ...rejected], { env })
  expect(kept.stdout()).toBe('1 failed event would be let go of. Add --yes to do it.\n')
  expect((await done(['replay', '--cancel'], { env })).stderr()).toContain('No replay runs.')

  const again = await done(['replay', ...rejected, '--wait'], { env })
  expect(again.stdout()).toBe('0 accepted, 1 ended again.\n')
  expect(again.stderr()).toContain('Replaying: 1 of 1 events')
  klaviyo.account().addList({ id: 'LATER1', name: 'Later' })
  const replay = await done(['replay', ...rejected, '--wait'], { env })
  expect(replay.stdout()).toBe('1 accepted, 0 ended again.\n')
  expect((await done(['failed'], { env })).stdout()).toMatch(
    /^Nothing has failed\.\nReplay of klaviyo_rejected, done: 1 of 1 taken/u,
  )
  const discard = await done(['discard', '--all', '--yes'], { env })
  expect(discard.stdout()).toBe('No failed events like that.\n')
  const after = await done(['events', 'm-2', '--json'], { env })
  expect(JSON.parse(after.stdout())).toMatchObject({ outcome: 'accepted' })

  server.kill('SIGINT')
  expect(await server.ended).toBe(0)
  expect(server.stdout()).not.toMatch(/ana@shop|pk_cli|Order Completed/u)
})

test('two servers cannot run on one folder', async () => {
  const { env } = await served()
  const second = await done(['serve'], { env })
  expect(second.code).toBe(2)
  expect(second.stderr()).toMatch(/is running on .* already, at http:\/\/127\.0\.0\.1:\d+/u)
})

test('a simulator’s key never goes to Klaviyo: serve goes where init was told', async () => {
  const klaviyo = await klaviyoForTest()
  const env = {
    TILLPOST_DATA: await temporaryFolder(),
    TILLPOST_PORT: '0',
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const init = await done(['init', '--simulator', klaviyo.url, '--json'], { env })
  expect(init.code).toBe(0)
  const server = tillpost(['serve'], { env })
  await server.says(/Tillpost is at/u)
  expect(server.stderr()).toContain(`Events go to ${klaviyo.url}`)
  const sent = await done(['send', '-', '--wait'], { env, input: JSON.stringify(order) })
  expect(sent.code).toBe(0)
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  server.kill('SIGTERM')
  await server.ended
})

test('a port that is given and busy ends serve with a sentence, also where a store is set up', async () => {
  const { env, server } = await served()
  const port = /127\.0\.0\.1:(\d+)/u.exec(server.text())?.[1] ?? ''
  const other = { ...env, TILLPOST_DATA: await temporaryFolder() }
  expect((await done(['init'], { env: other })).code).toBe(0)
  const second = await done(['serve'], { env: { ...other, TILLPOST_PORT: port } })
  expect(second.code).not.toBe(0)
  expect(second.stderr()).toContain(`Port ${port} is in use`)
  expect(second.text()).not.toContain('stumbled')
  server.kill('SIGTERM')
  await server.ended
})

test('import-config shows what a RudderStack destination’s settings become, and applies them when told', async () => {
  const { klaviyo, env, server } = await served()
  const file = join(await temporaryFolder(), 'destination.json')
  const config = {
    privateApiKey: 'pk_theirs',
    enforceEmailAsPrimary: true,
    eventFilteringOption: 'blacklistedEvents',
    blacklistedEvents: [{ eventName: 'Product Viewed' }],
  }
  await writeFile(file, JSON.stringify({ name: 'Klaviyo', config }))

  const shown = await done(['import-config', file, '--json'], { env })
  expect(shown.code).toBe(0)
  expect(JSON.parse(shown.stdout())).toMatchObject({ emailAsPrimary: true, withoutRule: 'send' })
  expect(shown.text()).not.toContain('pk_theirs')
  const applied = await done(['import-config', file, '--apply'], { env })
  expect(applied.code).toBe(0)

  const view = { ...order, event: 'Product Viewed', messageId: 'm-2' }
  const sent = await done(['send', '-', '--wait'], {
    env,
    input: `${JSON.stringify(view)}\n${JSON.stringify(order)}`,
  })
  expect(sent.code).toBe(0)
  expect(klaviyo.events('Viewed Product')).toEqual([])
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  expect(klaviyo.profile('ana@shop.example')).toMatchObject({
    external_id: null,
    properties: { _id: '7' },
  })

  expect((await done(['import-config', '-'], { input: '{"a":1}' })).stderr()).toContain(
    'RudderStack',
  )
  server.kill('SIGTERM')
})
