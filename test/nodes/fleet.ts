import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { openData } from '../../src/server/open-data.ts'
import { systemClock } from '../../src/server/clock.ts'
import { checkKey } from '../../src/server/key.ts'
import { setUp } from '../../src/server/setup.ts'
import type { Installation } from '../../src/server/setup.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { startRecorder, type Recorded } from './recorder.ts'

/** A Tillpost process. */
export interface FleetNode {
  readonly name: string
  readonly url: string
  /** How many accounts it runs; undefined: it does not answer. */
  accounts(): Promise<number | undefined>
  signal(signal: NodeJS.Signals): void
  /** SIGTERM; resolves with how long it took. */
  stop(): Promise<number>
  kill(): Promise<void>
  readonly logged: readonly string[]
}

/** An installation on one PostgreSQL database, and the nodes that are started on it. */
export interface Fleet {
  readonly klaviyo: Simulator
  readonly stores: readonly Installation[]
  readonly recorded: Recorded[]
  start(name: string, roles?: string): Promise<FleetNode>
  /** Sends events to a node, as a shop does. */
  send(node: FleetNode, store: Installation, ids: readonly string[]): Promise<void>
  /** Tells who people are, each of whom becomes a profile. */
  identify(node: FleetNode, store: Installation, ids: readonly string[]): Promise<void>
  /** Klaviyo has the order. */
  has(id: string): boolean
  /** Of all accounts: how often Klaviyo has each order. */
  orders(): ReadonlyMap<string, number>
}

export interface FleetOptions {
  readonly databaseUrl: string
  readonly leaseMs: number
  readonly accounts: number
  /** Stores of the first account. */
  readonly shared?: number
  readonly limits?: boolean
  /** What the way to Klaviyo takes. */
  readonly delayMs?: () => number
}

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { databaseUrl, leaseMs, delayMs = () => 5 } = options
  const accounts = Array.from({ length: options.accounts }, (_, number) => ({
    id: `ACC${String(number).padStart(3, '0')}`,
    name: `Account ${number}`,
    privateKey: `pk_account_${number}`,
  }))
  const klaviyo = await startSimulator({ accounts, limits: options.limits ?? false })
  onTestFinished(() => klaviyo.close())
  const dataDir = await temporaryFolder()
  const keys = Buffer.alloc(32, 7).toString('base64')
  const data = await openData({ dataDir, databaseUrl, keys }, () => {})
  const stores: Installation[] = []
  const [firstKey = '', ...others] = accounts.map(({ privateKey }) => privateKey)
  const keysOfStores = [...Array.from({ length: options.shared ?? 1 }, () => firstKey), ...others]
  for (const [number, privateKey] of keysOfStores.entries()) {
    const key = await checkKey(privateKey, { klaviyoUrl: klaviyo.url, clock: systemClock })
    const wanted = { storeName: `Store ${number}`, preset: 'storefront', key } as const
    stores.push(await setUp(data.config, data.secrets, wanted, Date.now()))
  }
  await data.close()
  const recorded: Recorded[] = []

  return {
    klaviyo,
    stores,
    recorded,
    async start(name, roles) {
      const recorder = await startRecorder(name, klaviyo.url, recorded, delayMs)
      onTestFinished(() => recorder.close())
      return startNode(name, {
        DATABASE_URL: databaseUrl,
        TILLPOST_DATA: await temporaryFolder(),
        TILLPOST_KEYS: keys,
        TILLPOST_PORT: '0',
        KLAVIYO_BASE_URL: recorder.url,
        LEASE_MS: String(leaseMs),
        ...(roles === undefined ? {} : { ROLES: roles }),
      })
    },
    send: (node, store, ids) =>
      post(
        node,
        store,
        ids.map((id) => ({
          type: 'track',
          event: 'Order Completed',
          messageId: id,
          context: { traits: { email: `${id}@example.com` } },
          properties: { order_id: id, total: 5, currency: 'EUR' },
        })),
      ),
    identify: (node, store, ids) =>
      post(
        node,
        store,
        ids.map((id) => ({
          type: 'identify',
          messageId: id,
          userId: id,
          traits: { email: `${id}@example.com`, first_name: id },
        })),
      ),
    has: (id) => [...ordersOf().keys()].some((uniqueId) => uniqueId.endsWith(`:${id}`)),
    orders: ordersOf,
  }

  function ordersOf(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { id } of accounts) {
      for (const { unique_id } of klaviyo.events('Placed Order', id))
        counts.set(unique_id, (counts.get(unique_id) ?? 0) + 1)
    }
    return counts
  }
}

async function post(node: FleetNode, { source }: Installation, batch: readonly object[]) {
  const response = await fetch(`${node.url}/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${source.writeKey}:`).toString('base64')}`,
    },
    body: JSON.stringify({ batch }),
  })
  if (response.status !== 200) throw new Error(`${node.name} answered ${response.status}.`)
}

async function startNode(name: string, env: NodeJS.ProcessEnv): Promise<FleetNode> {
  const child = spawn(process.execPath, [new URL('serving.ts', import.meta.url).pathname], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const logged: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended: ${code}\n${logged.join('\n')}`)))
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        logged.push(line)
        const at = /Serving at (\S+)/u.exec(line)?.[1]
        if (at !== undefined) resolve(at)
      })
    }
  })
  return {
    name,
    url,
    logged,
    async accounts() {
      try {
        const signal = AbortSignal.timeout(1000)
        const text = await (await fetch(`${url}/metrics`, { signal })).text()
        return Number(/^tillpost_accounts (\d+)$/mu.exec(text)?.[1])
      } catch {
        return undefined
      }
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      const start = performance.now()
      child.kill('SIGTERM')
      await ended
      return performance.now() - start
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
