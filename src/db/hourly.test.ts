import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findPostgres } from '../../test/postgres.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import {
  delayAt,
  delayOf,
  delayStep,
  type HourCount,
  hourMs,
  hourOf,
  type Received,
  reasons,
  type ReasonCode,
  settingsOf,
  type Settlement,
} from '../core/index.ts'
import { openJournal, type Opened, type OpenOptions } from './index.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
const key = { ...at, connectionId: 'con_1' }
const noon = Date.UTC(2026, 5, 1, 12)
const all = { from: 0, to: hourOf(noon) + 1000 }

const engines: readonly (readonly [string, boolean, () => Promise<OpenOptions>])[] = [
  ['SQLite', true, async () => ({ file: join(await temporaryFolder(), 'tillpost.db') })],
  ['PostgreSQL', server !== undefined, async () => ({ url: await server!.newDatabase() })],
]

for (const [engine, isThere, options] of engines)
  describe.skipIf(!isThere)(`counts by the hour on ${engine}`, () => {
    test('an event counts in the hour in which it came, whatever becomes of it later', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon, noon, noon + hourMs)
      await settle({
        reasons: ['accepted', 'klaviyo_rejected', 'event_disabled'],
        hours: [
          ...counted(noon, 'accepted', 'klaviyo_rejected'),
          ...counted(noon + hourMs, 'event_disabled'),
        ],
        exceptions: [kept(2)],
      })
      expect(await hours(opened)).toEqual([
        [0, 'accepted', 1],
        [0, 'klaviyo_rejected', 1],
        [1, 'event_disabled', 1],
      ])
      // Two days later it is sent again, and taken.
      const late = noon + 48 * hourMs
      expect(await opened.journal.replay(key, [2], late)).toBe(1)
      await settle({
        patches: [{ seq: 2, reason: 'accepted' }],
        resolved: [2],
        now: late,
      })
      expect(await hours(opened)).toEqual([
        [0, 'accepted', 2],
        [1, 'event_disabled', 1],
      ])
    })

    test('M25 letting go of a failed event moves it in its own hour', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon)
      await settle({
        reasons: ['klaviyo_rejected'],
        hours: counted(noon, 'klaviyo_rejected'),
        exceptions: [kept(1)],
      })
      expect(await opened.journal.discard(key, [1], noon + 9 * hourMs)).toBe(1)
      expect(await hours(opened)).toEqual([[0, 'discarded', 1]])
    })

    test('what Klaviyo has already is not counted there again by a replay', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon)
      const metric: HourCount = {
        hour: hourOf(noon),
        kind: 'metric',
        what: 'Placed Order',
        events: 1,
      }
      await settle({ reasons: ['accepted'], hours: [...counted(noon, 'accepted'), metric] })
      const again = { receivedAt: noon, metrics: ['Placed Order'], delayMs: 100 }
      await settle({ patches: [{ seq: 1, reason: 'confirmed', counted: again }] })
      expect(await opened.watch.sums([key], 'metric', all)).toEqual([
        { what: 'Placed Order', events: 1 },
      ])
      expect(await opened.watch.sums([key], 'delay', all)).toEqual([])
      expect(await hours(opened)).toEqual([[0, 'confirmed', 1]])
    })

    test('a settlement that changes nothing counts nothing', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon)
      const first = { reasons: ['accepted' as const], fromSeq: 1, hours: counted(noon, 'accepted') }
      expect(await settle(first)).toBe(true)
      expect(await settle(first)).toBe(false)
      expect(await hours(opened)).toEqual([[0, 'accepted', 1]])
    })

    test('what waits is told by when it came', async () => {
      const { opened, append, settle } = await open(await options())
      await append(...Array.from({ length: 40 }, (_, place) => noon + place * 60_000))
      await settle({ reasons: ['accepted', 'accepted'] })
      const times = [0, noon + 120_000, noon + 121_000, noon + 39 * 60_000, noon + hourMs]
      expect(await opened.watch.waitingSince([key], times)).toEqual([38, 38, 37, 1, 0])
    })

    test('the pace of several connections, each by itself', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon, noon, noon + hourMs)
      await settle({
        reasons: ['accepted', 'accepted', 'klaviyo_rejected'],
        hours: [
          ...counted(noon, 'accepted', 'accepted'),
          ...counted(noon + hourMs, 'klaviyo_rejected'),
        ],
        exceptions: [kept(3)],
      })
      const other = { ...key, connectionId: 'con_2' }
      expect(await opened.watch.paces([other, key], hourOf(noon))).toEqual([
        { events: 0, failed: 0 },
        { events: 3, failed: 1 },
      ])
    })

    test('what no page asks for any more is forgotten', async () => {
      const { opened, append, settle } = await open(await options())
      await append(noon)
      await settle({ reasons: ['accepted'], hours: counted(noon, 'accepted') })
      const day = 24 * hourMs
      const limits = { bodyMs: 1000 * day, attemptMs: 1000 * day, seenMs: 1000 * day }
      await opened.journal.retain({ now: noon + 60 * day, ...limits })
      expect(await hours(opened)).toHaveLength(1)
      await opened.journal.retain({ now: noon + 65 * day, ...limits })
      expect(await hours(opened)).toEqual([])
    })
  })

describe('delays', () => {
  test('half of them and the slowest twentieth are read from steps, right to a tenth', () => {
    const counts = new Map<number, number>()
    for (let ms = 1; ms <= 10_000; ms += 1) {
      const step = delayStep(ms)
      counts.set(step, (counts.get(step) ?? 0) + 1)
    }
    expect(Math.abs(delayAt(counts, 0.5)! - 5000)).toBeLessThan(500)
    expect(Math.abs(delayAt(counts, 0.95)! - 9500)).toBeLessThan(950)
    expect(delayAt(new Map(), 0.5)).toBeUndefined()
    for (const ms of [0, 1, 10, 11, 1234, 86_400_000])
      expect(delayOf(delayStep(ms))).toBeGreaterThanOrEqual(ms)
  })
})

async function open(place: OpenOptions) {
  const opened = await openJournal(place)
  const { journal, config } = opened
  await config.addWorkspace({ id: 'wsp_1', name: 'Acme' })
  await config.addSource({
    workspaceId: 'wsp_1',
    id: 'src_1',
    storeId: 'sto_1',
    name: 'Web',
    writeKey: 'wk_1',
    enabled: true,
  })
  await config.addConnection({
    workspaceId: 'wsp_1',
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store: { id: 'sto_1', key: 'acme' },
    settings: settingsOf('storefront'),
    state: 'connected',
    since: noon,
  })
  await journal.join({ id: 'node', delivers: true, leaseMs: 30_000, alone: true })
  const [lease] = await journal.claim(['acc'], { id: 'node', most: 1 })
  await journal.adopt([{ lease: lease!, cursors: [key] }])
  let count = 0
  return {
    opened,
    append: (...times: readonly number[]) =>
      journal.append(times.map((time) => received(`m${(count += 1)}`, time))),
    settle: (settlement: Partial<Settlement>) =>
      journal.settle({
        accountId: 'acc',
        fence: lease!.fence,
        cursor: key,
        reasons: [],
        now: noon,
        ...settlement,
      }),
  }
}

function counted(time: number, ...codes: readonly ReasonCode[]): HourCount[] {
  return codes.map((code) => ({
    hour: hourOf(time),
    kind: 'reason',
    what: String(reasons[code].number),
    events: 1,
  }))
}

/** Hours after noon. */
async function hours({ watch }: Opened) {
  return (await watch.hours([key], all))
    .map(({ hour, reason, events }) => [hour - hourOf(noon), reason, events] as const)
    .toSorted(([a, one], [b, other]) => a - b || (one < other ? -1 : 1))
}

function kept(seq: number) {
  return {
    ...key,
    seq,
    state: 'kept',
    reason: 'klaviyo_rejected',
    messageId: `m${seq}`,
    tries: 1,
    failures: 1,
    dueAt: 0,
    firstAt: noon,
    lastAt: noon,
  } as const
}

function received(messageId: string, receivedAt: number): Received {
  const event = { type: 'track', event: 'Order Completed', messageId } as const
  return {
    ...at,
    storeId: 'sto_1',
    event,
    body: JSON.stringify(event),
    name: 'Order Completed',
    identifiers: { email: 'ana@shop.example' },
    occurredAt: receivedAt,
    receivedAt,
  }
}
