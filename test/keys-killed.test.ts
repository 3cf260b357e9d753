import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openData } from '../src/server/open-data.ts'
import { keyIdOf } from '../src/server/secrets.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const privateKey = 'pk_rotate'
/** So many that a rotation takes seconds. */
const accounts = 1000

test('M21 A54 a server that is killed while it changes keys loses nothing: the next start finishes, and events go on', async () => {
  const klaviyo = await startSimulator({ accounts: [{ id: 'ROT001', name: 'Acme', privateKey }] })
  onTestFinished(() => klaviyo.close())
  const dataDir = await temporaryFolder()
  const env = {
    TILLPOST_DATA: dataDir,
    TILLPOST_PORT: '0',
    KLAVIYO_BASE_URL: klaviyo.url,
    KLAVIYO_PRIVATE_KEY: privateKey,
  }
  const init = tillpost(['init', '--name', 'Acme', '--json'], { env })
  expect(await init.ended).toBe(0)
  const { writeKey } = JSON.parse(init.stdout()) as { readonly writeKey: string }
  await addAccounts(dataDir)
  const [before = ''] = keysIn(dataDir)

  const killed = tillpost(['serve'], { env })
  await killed.says(/Tillpost is at/u)
  const rotation = tillpost(['keys', 'rotate'], { env })
  const isHalfDone = () => sealedBy(dataDir).size === 2
  await expect.poll(isHalfDone, { interval: 2, timeout: 60_000 }).toBe(true)
  killed.kill('SIGKILL')
  await killed.ended
  expect(await rotation.ended).toBe(1)
  expect(rotation.stderr()).toContain('does not answer')

  const half = sealedBy(dataDir)
  expect(half.size).toBe(2)
  expect(sum(half)).toBe(accounts + 1)
  const [fresh = '', ...others] = keysIn(dataDir)
  expect(others).toEqual([before])
  expect(fresh).not.toBe(before)

  const again = tillpost(['serve'], { env })
  const [, url = ''] = await again.says(/Tillpost is at (\S+)/u)
  const keys = tillpost(['keys', '--json'], { env })
  expect(await keys.ended).toBe(0)
  expect(JSON.parse(keys.stdout())).toMatchObject({
    keys: [
      { active: true, secrets: accounts + 1 },
      { active: false, secrets: 0 },
    ],
  })
  const order = {
    type: 'track',
    event: 'Order Completed',
    userId: '7',
    context: { traits: { email: 'ana@shop.example' } },
    properties: { order_id: '1042' },
  }
  const taken = await fetch(new URL('/v1/track', url), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
    body: JSON.stringify(order),
  })
  expect(taken.status).toBe(200)
  await expect.poll(() => klaviyo.events('Placed Order').length, { timeout: 20_000 }).toBe(1)
  // And the next rotation is one of its own again.
  const next = tillpost(['keys', 'rotate', '--json'], { env })
  expect(await next.ended).toBe(0)
  expect(JSON.parse(next.stdout())).toMatchObject({ made: true, resealed: accounts + 1 })
}, 180_000)

async function addAccounts(dataDir: string): Promise<void> {
  const data = await openData({ dataDir }, () => undefined)
  const { config, secrets } = data
  const workspaceId = (await config.workspaces())[0]!.id
  await Promise.all(
    Array.from({ length: accounts }, (_, number) => {
      const id = `dst_more_${number}`
      return config.addDestination({
        workspaceId,
        id,
        accountId: `MORE${number}`,
        secret: secrets.seal(`pk_more_${number}`, id),
        state: 'connected',
      })
    }),
  )
  await data.close()
}

/** How many secrets each key encrypts, as another process reads it. */
function sealedBy(dataDir: string): ReadonlyMap<string, number> {
  const db = new DatabaseSync(join(dataDir, 'tillpost.db'), { readOnly: true })
  const rows = db.prepare('select secret from destination').all() as { secret: string }[]
  db.close()
  const counts = new Map<string, number>()
  for (const { secret } of rows) {
    const id = keyIdOf(secret)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

function keysIn(dataDir: string): readonly string[] {
  return readFileSync(join(dataDir, 'keys'), 'utf8').trim().split('\n')
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}
