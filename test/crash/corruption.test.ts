import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openCast } from './cast.ts'
import type { Cast, EngineName } from './cast.ts'
import { chanceOf } from './chance.ts'
import { until } from './pause.ts'
import { findPostgresPrograms } from './postgres-process.ts'
import { statusOf } from './shop.ts'

let cast: Cast | undefined
afterEach(async () => {
  await cast?.close()
  cast = undefined
})

const count = 2000
/** Somewhere in the middle: pages before it are good, and pages after it. */
const marked = 'marked-1000'

/** Events wait, and everything is stopped; some bytes are flipped, and it is started again. */
async function play(engine: EngineName, flip: (cast: Cast) => Promise<void>): Promise<Cast> {
  cast = await openCast({ engine, chance: chanceOf(1) })
  const { nodes, klaviyo, database, writeKey } = cast
  await klaviyo.fail('/api/event*', 503)
  const batch = Array.from({ length: count }, (_, n) => ({
    type: 'track',
    event: 'Step',
    messageId: `marked-${n}`,
    userId: `${n}`,
    context: { traits: { email: `c-${n}@example.com` } },
    properties: { n, text: 'x'.repeat(500) },
  }))
  const answer = await fetch(`${nodes[0]?.url ?? ''}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
  await database?.query('checkpoint')
  await Promise.all(nodes.map((node) => node.stop()))
  await flip(cast)
  await klaviyo.mend()
  await Promise.all(nodes.map((node) => node.start()))
  return cast
}

/**
 * Awaits that the log says what is broken. What was good before that page may be sent: resolves with what was sent
 * from behind it, and with who says that it was done.
 */
async function passedOver(
  { nodes, klaviyo }: Cast,
  complaint: RegExp,
): Promise<readonly (number | string)[]> {
  await until('the log says what is broken', () =>
    nodes.some(({ log }) => log.some((line) => complaint.test(line))),
  )
  const numbers = Object.values(await klaviyo.seen('Step')).flat()
  const said = await Promise.all(
    nodes.map(async (node) => {
      const status = await statusOf(node).catch(() => undefined)
      const { seq } = status?.lanes.live ?? { seq: 0 }
      return seq > 1000 ? [`${node.name} says that ${seq} are done`] : []
    }),
  )
  return [...numbers.filter((n) => n >= 1000), ...said.flat()]
}

test('F30 bytes flipped in a page of an SQLite file are said aloud, and nothing is passed over', async () => {
  const pageBytes = 16_384
  const broken = await play('sqlite', async ({ folder }) => {
    const file = join(folder, 'node-1', 'tillpost.db')
    const at = readFileSync(file).indexOf(`"${marked}"`)
    expect(at).toBeGreaterThan(pageBytes)
    // What kind of page it is, and where its rows are.
    overwrite(file, at - (at % pageBytes), 8)
  })
  expect(await passedOver(broken, /malformed|corrupt/u)).toEqual([])
})

test.skipIf(findPostgresPrograms() === undefined)(
  'F30 a byte flipped in a page of PostgreSQL is said aloud, and nothing is passed over',
  async () => {
    const broken = await play('postgres', async ({ database }) => {
      if (database === undefined) throw new Error('There is no database.')
      const files = await database.query<{ path: string; block: string }>(
        `select pg_relation_filepath(tableoid) path, (ctid::text::point)[0]::text block
           from event where message_id = $1`,
        [marked],
      )
      const [found] = files
      if (found === undefined) throw new Error(`There is no ${marked}.`)
      await database.stop('fast')
      const blockBytes = 8192
      overwrite(join(database.folder, found.path), Number(found.block) * blockBytes + 5000, 1)
      await database.start()
    })
    expect(
      await passedOver(broken, /PostgreSQL at \S+ cannot be used: the database reports a fault/u),
    ).toEqual([])
  },
)

function overwrite(file: string, at: number, bytes: number): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, at)
  closeSync(handle)
}
