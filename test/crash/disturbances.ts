import type { Cast, EngineName, Node, Stage } from './cast.ts'
import type { Chance } from './chance.ts'
import { badWord } from './load.ts'
import { pause, until } from './pause.ts'
import { statusOf } from './shop.ts'

/**
 * Something that goes wrong while shoppers shop, and is over in the end; what Klaviyo was told to do wrong is so
 * at the latest when all have their end.
 */
export interface Disturbance {
  /** With the numbers of the faults that it plays: see docs/reliability.md. */
  readonly title: string
  /** Where it can be played; both without it. */
  readonly on?: EngineName
  /** Where nothing else will do. */
  readonly stage?: Stage
  /** Takes minutes: only where rounds are played for long, or it is asked for by name. */
  readonly isLong?: true
  /** Why it cannot be played here; undefined: it can. */
  readonly missing?: (cast: Cast) => string | undefined
  readonly play: (cast: Cast, chance: Chance) => Promise<void>
}

/** Requests that carry events. */
const events = '/api/event*'
/** A lease of 30 s and a margin. */
const longerThanLeaseMs = 34_000

export const disturbances: readonly Disturbance[] = [
  // Processes
  {
    title: 'F1 F2 a server is killed again and again',
    play: ({ nodes }, chance) => killAgain(nodes, chance),
  },
  {
    title: 'F1 F2 all servers are killed at once',
    on: 'postgres',
    async play({ nodes }, chance) {
      await pause(chance.next() * 1500)
      await Promise.all(nodes.map((node) => node.kill()))
      await Promise.all(nodes.map((node) => node.start()))
    },
  },
  {
    title: 'F1 servers that only receive are killed',
    on: 'postgres',
    stage: 'apart',
    play: ({ nodes }, chance) =>
      killAgain(
        nodes.filter(({ receives }) => receives),
        chance,
      ),
  },
  {
    title: 'F2 servers that only deliver are killed',
    on: 'postgres',
    stage: 'apart',
    play: ({ nodes }, chance) =>
      killAgain(
        nodes.filter(({ delivers }) => delivers),
        chance,
      ),
  },
  {
    title: 'F2 the server is killed while nothing is answered',
    async play({ klaviyo, nodes }, chance) {
      await klaviyo.fail(events, 'silence')
      await pause(500 + chance.next() * 1500)
      await Promise.all(nodes.map((node) => node.kill()))
      await klaviyo.mend()
      await Promise.all(nodes.map((node) => node.start()))
    },
  },
  {
    title: 'F4 servers are stopped and started',
    async play({ nodes }, chance) {
      for (const node of chance.shuffled(nodes)) {
        await pause(chance.next() * 1000)
        await node.stop()
        await node.start()
      }
    },
  },
  {
    title: 'F8 the server that delivers is frozen for longer than its lease',
    on: 'postgres',
    async play(cast) {
      const owner = await ownerOf(cast)
      owner.freeze()
      await pause(longerThanLeaseMs)
      owner.thaw()
    },
  },
  {
    title: 'F8 a server is frozen for some seconds',
    async play({ nodes }, chance) {
      const node = chance.of(nodes)
      await pause(chance.next() * 500)
      node.freeze()
      await pause(1000 + chance.next() * 4000)
      node.thaw()
    },
  },
  {
    title: 'F9 the clock of a server jumps an hour ahead, and back',
    missing: withoutClock,
    play: (cast, chance) => jump(cast, chance, 3600),
  },
  {
    title: 'F9 the clock of a server jumps an hour back, and ahead',
    missing: withoutClock,
    play: (cast, chance) => jump(cast, chance, -3600),
  },

  // PostgreSQL
  {
    title: 'F3 PostgreSQL is killed',
    on: 'postgres',
    async play({ database }, chance) {
      for (let kills = chance.whole(1, 3); kills > 0; kills -= 1) {
        await pause(chance.next() * 1000)
        await database?.kill()
        await pause(chance.next() * 1000)
        await database?.start()
      }
    },
  },
  {
    title: 'F3 processes of PostgreSQL that serve us are killed',
    on: 'postgres',
    async play({ database }, chance) {
      for (let kills = chance.whole(1, 3); kills > 0; kills -= 1) {
        await pause(chance.next() * 1000)
        // While it recovers from the last it takes nobody.
        await until('PostgreSQL serves us', () =>
          (database?.killBackend() ?? Promise.resolve()).then(
            () => true,
            () => false,
          ),
        )
      }
    },
  },
  {
    title: 'F4 PostgreSQL is restarted, fast and at once',
    on: 'postgres',
    async play({ database }, chance) {
      for (const mode of chance.shuffled(['fast', 'immediate'] as const)) {
        await pause(chance.next() * 800)
        await database?.stop(mode)
        await database?.start()
      }
    },
  },
  {
    title: 'F4 all connections to PostgreSQL are ended, again and again',
    on: 'postgres',
    async play({ database }, chance) {
      for (let storms = chance.whole(5, 15); storms > 0; storms -= 1) {
        await pause(chance.next() * 300)
        await database?.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tillpost'`,
        )
      }
    },
  },
  {
    title: 'F7 connections to PostgreSQL break in the middle of transactions',
    on: 'postgres',
    async play({ nodes }, chance) {
      for (let breaks = chance.whole(5, 15); breaks > 0; breaks -= 1) {
        await pause(chance.next() * 300)
        chance.of(nodes).toDatabase?.resetAfter(chance.whole(1, 20_000))
      }
      await pause(500)
      for (const { toDatabase } of nodes) toDatabase?.resetAfter(Number.POSITIVE_INFINITY)
    },
  },
  {
    title: 'F7 a server is cut off from PostgreSQL',
    on: 'postgres',
    async play({ nodes }, chance) {
      const line = chance.of(nodes).toDatabase
      line?.set(chance.of(['cut', 'answers lost', 'questions lost', 'closed'] as const))
      await pause(1000 + chance.next() * 6000)
      line?.set('open')
    },
  },
  {
    title: 'F7 the server that delivers is cut off from PostgreSQL for longer than its lease',
    on: 'postgres',
    async play(cast, chance) {
      const owner = await ownerOf(cast)
      owner.toDatabase?.set(chance.of(['cut', 'answers lost', 'closed'] as const))
      await pause(longerThanLeaseMs)
      owner.toDatabase?.set('open')
    },
  },
  {
    title: 'F7 a server is cut off from PostgreSQL for minutes',
    on: 'postgres',
    isLong: true,
    async play({ nodes, load }, chance) {
      load.pauseMs = 2000
      const line = chance.of(nodes).toDatabase
      line?.set(chance.of(['cut', 'answers lost', 'questions lost'] as const))
      // Longer than any time limit of the server's own.
      await pause(90_000 + chance.next() * 60_000)
      line?.set('open')
    },
  },
  {
    title: 'F7 PostgreSQL is far away, on a narrow line',
    on: 'postgres',
    async play({ nodes }) {
      for (const { toDatabase } of nodes) toDatabase?.drip(40_000)
      await pause(3000)
      for (const { toDatabase } of nodes) toDatabase?.drip(undefined)
    },
  },

  // The disk
  {
    title: 'F17 the disk is full, and has room again',
    stage: 'volume',
    async play({ volume, database, nodes, load }, chance) {
      await pause(300 + chance.next() * 700)
      volume?.fill()
      if (database === undefined) {
        await until('it is said that nothing can be written', async () => {
          const { status } = await fetch(`${nodes[0]?.url ?? ''}/health`)
          return status === 503
        })
      } else {
        await pause(1500)
      }
      const taken = load.count
      await pause(1500)
      // Requests under way when it filled may have been written; new ones are not.
      if (database === undefined && load.count > taken)
        throw new Error('Events were answered 200 on a full disk.')
      volume?.free()
      // PostgreSQL ends when it cannot write its log.
      await database?.start()
    },
  },

  // The line to Klaviyo
  {
    title: 'F7 a server is cut off from Klaviyo',
    async play({ nodes }, chance) {
      const line = chance.of(nodes).toKlaviyo
      line.set(chance.of(['cut', 'answers lost', 'questions lost', 'closed'] as const))
      await pause(1000 + chance.next() * 5000)
      line.set('open')
    },
  },
  {
    title: 'F7 F13 connections to Klaviyo break in the middle of requests',
    async play({ nodes }, chance) {
      for (let breaks = chance.whole(2, 5); breaks > 0; breaks -= 1) {
        await pause(chance.next() * 300)
        chance.of(nodes).toKlaviyo.resetAfter(chance.whole(1, 5000))
      }
      await pause(300)
      for (const { toKlaviyo } of nodes) toKlaviyo.resetAfter(Number.POSITIVE_INFINITY)
    },
  },
  {
    title: 'F12 the line to Klaviyo drips',
    async play({ nodes }) {
      for (const { toKlaviyo } of nodes) toKlaviyo.drip(3000)
      await pause(3000)
      for (const { toKlaviyo } of nodes) toKlaviyo.drip(undefined)
    },
  },

  // Klaviyo
  {
    title: 'F10 Klaviyo answers 429 and says how long to wait',
    play: ({ klaviyo }) => storm(klaviyo, 429, { retryAfter: 2 }, 3000),
  },
  {
    title: 'F10 Klaviyo answers 429 without a word',
    play: ({ klaviyo }) => storm(klaviyo, 429, {}, 3000),
  },
  {
    title: 'F11 Klaviyo is away',
    play: ({ klaviyo }, chance) => storm(klaviyo, chance.of([500, 502, 503, 504]), {}, 6000),
  },
  {
    title: 'F11 Klaviyo is away for minutes',
    isLong: true,
    async play({ klaviyo, load }, chance) {
      load.pauseMs = 2000
      await storm(klaviyo, 503, {}, 90_000 + chance.next() * 60_000)
    },
  },
  {
    title: 'F11 Klaviyo comes and goes',
    async play({ klaviyo }, chance) {
      for (let times = 4; times > 0; times -= 1) {
        await storm(klaviyo, 503, { share: 0.5 + chance.next() / 2 }, 1000)
        await pause(chance.next() * 700)
      }
    },
  },
  {
    title: 'F12 Klaviyo takes requests and never answers',
    async play({ klaviyo }) {
      await klaviyo.fail(events, 'silence', { times: 1 })
      await hit(klaviyo)
      await klaviyo.mend()
    },
  },
  {
    title: 'F12 Klaviyo answers a byte at a time',
    async play({ klaviyo }) {
      await klaviyo.fail(events, { drip: 40 })
      await pause(3000)
      await klaviyo.mend()
    },
  },
  {
    title: 'F13 Klaviyo does what it is asked, and breaks off before it answers',
    async play({ klaviyo }) {
      await klaviyo.fail(events, 'reset-after', { times: 1 })
      await hit(klaviyo)
      await klaviyo.mend()
    },
  },
  {
    title:
      'F13 Klaviyo does what it is asked, and its answer is cut, or bad, or about something else',
    async play({ klaviyo }, chance) {
      const [fault, options] = chance.of([
        ['half', {}],
        [503, { afterWork: true }],
        [500, { afterWork: true, body: '<html>Oops</html>' }],
      ] as const)
      await klaviyo.fail(events, fault, { ...options, times: 3 })
      await hit(klaviyo)
      await klaviyo.mend()
    },
  },
  {
    title: 'F14 Klaviyo refuses some events, and says nothing of which',
    async play({ klaviyo, load }, chance) {
      await klaviyo.fail(events, 400, { match: badWord })
      load.badShare = chance.of([0.002, 0.01])
      await pause(2000)
      load.badShare = 0
    },
  },
  {
    title: 'F14 Klaviyo stumbles over some events',
    async play({ klaviyo, load }) {
      await klaviyo.fail(events, 500, { match: badWord })
      load.badShare = 0.002
      await pause(3000)
      load.badShare = 0
      await klaviyo.mend()
    },
  },
  {
    title: 'F16 the key is revoked, and another one put in its place',
    async play(cast, chance) {
      const { klaviyo, nodes } = cast
      const key = `pk_${chance.whole(1, 1_000_000_000)}`
      await klaviyo.addKey(key)
      await klaviyo.revokeKey(cast.key)
      await until('a server says that the key is refused', async () => {
        const all = await Promise.all(nodes.map((node) => statusOf(node).catch(() => undefined)))
        return all.some((status) => status?.state === 'ERROR')
      })
      // A file is one process's: there it takes a stop.
      if (cast.engine === 'sqlite') await nodes[0]?.stop()
      await cast.tillpost(['init', '--new-key'], { KLAVIYO_PRIVATE_KEY: key })
      cast.key = key
      await nodes[0]?.start()
    },
  },
]

async function killAgain(nodes: readonly Node[], chance: Chance): Promise<void> {
  for (let kills = chance.whole(2, 4); kills > 0; kills -= 1) {
    const node = chance.of(nodes)
    await pause(chance.next() * 900)
    await node.kill()
    await node.start()
  }
}

function withoutClock({ nodes }: Cast): string | undefined {
  return nodes.some(({ clock }) => clock === undefined)
    ? 'libfaketime is not installed (apt-get install faketime)'
    : undefined
}

async function jump({ nodes }: Cast, chance: Chance, seconds: number): Promise<void> {
  const { clock } = chance.of(nodes)
  clock?.set(seconds)
  await pause(3500)
  clock?.set(0)
  await pause(1500)
}

/** The server whose lease it is. */
async function ownerOf({ nodes, database }: Cast): Promise<Node> {
  let owner: Node | undefined
  await until('somebody delivers', async () => {
    const rows = (await database?.query<{ owner: string | null }>('select owner from lease')) ?? []
    owner = nodes.find(({ pid }) => rows.some((row) => row.owner?.includes(`-${pid}-`)))
    return owner !== undefined
  })
  return owner!
}

async function storm(
  klaviyo: Cast['klaviyo'],
  status: number,
  options: { readonly retryAfter?: number; readonly share?: number },
  ms: number,
): Promise<void> {
  await klaviyo.fail(events, status, options)
  await pause(ms)
  await klaviyo.mend()
}

/** A fault that meets so many requests is gone once it has met them. */
async function hit(klaviyo: Cast['klaviyo']): Promise<void> {
  await until('the fault has met requests', async () => (await klaviyo.faultsLeft()) === 0)
}
