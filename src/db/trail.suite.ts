import { afterEach, describe, expect, test } from 'vitest'
import type { Act, ActName, CursorKey } from '../core/index.ts'
import type { Opened } from './index.ts'

const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
const key: CursorKey = { ...at, connectionId: 'con_1' }

/** What every engine has to do with acts upon events that ended. `open` gives an empty one. */
export function describeTrail(engine: string, open: () => Promise<Opened>): void {
  const opened: Opened[] = []
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })

  /** Three events that Klaviyo did not take. */
  const openFailed = async () => {
    const one = await open()
    opened.push(one)
    const { journal, access } = one
    await journal.join({ id: 'node', delivers: true, leaseMs: 60_000 })
    const [lease] = await journal.claim(['acc_1'], { id: 'node', most: 1 })
    await journal.adopt([{ lease: lease!, cursors: [key] }])
    await journal.append([1, 2, 3].map((number) => received(`m${number}`)))
    await journal.settle({
      fence: lease!.fence,
      accountId: 'acc_1',
      cursor: key,
      reasons: ['klaviyo_rejected', 'klaviyo_rejected', 'klaviyo_rejected'],
      exceptions: [1, 2, 3].map((seq) => ({
        ...key,
        seq,
        state: 'kept',
        reason: 'klaviyo_rejected',
        messageId: `m${seq}`,
        tries: 1,
        failures: 1,
        dueAt: 0,
        firstAt: 9,
        lastAt: 9,
      })),
      now: 9,
    })
    const kept = async () => (await journal.standing(key)).exceptions.kept
    const trail = async () => {
      const rows = await access.acts('wsp_1', { limit: 10 })
      return rows.map(({ action, after }) => [action, after])
    }
    return { journal, kept, trail }
  }

  describe(`the trail on ${engine}`, () => {
    test('M25 A90 what is sent again or let go of stands in it, with how many it was; what came to none does not', async () => {
      const { journal, trail } = await openFailed()
      await journal.replay(key, [1, 9], 10, act('event.replay', { messageId: 'm1' }))
      await journal.replay(key, [1], 11, act('event.replay', { messageId: 'm1' }))
      await journal.discard(key, [2, 3], 12, act('failed.discard'))
      expect(await trail()).toEqual([
        ['failed.discard', { events: 2 }],
        ['event.replay', { messageId: 'm1', events: 1 }],
      ])
    })

    test('M25 A90 a run stands in it from its beginning, once; ending one that is over is no act', async () => {
      const { journal, trail } = await openFailed()
      const wanted = { act: 'replay', reason: 'klaviyo_rejected' } as const
      await journal.begin(key, { ...wanted, id: 'run_1' }, 10, act('failed.replay', { run: 1 }))
      await journal.begin(key, { ...wanted, id: 'run_2' }, 11, act('failed.replay', { run: 2 }))
      await journal.cancel(key, 'run_1', 12, act('failed.cancel', { run: 1 }))
      await journal.cancel(key, 'run_1', 13, act('failed.cancel', { run: 1 }))
      await journal.cancel(key, 'run_9', 14, act('failed.cancel', { run: 9 }))
      expect(await trail()).toEqual([
        ['failed.cancel', { run: 1 }],
        ['failed.replay', { run: 1 }],
      ])
    })

    test('M25 A90 what cannot be put into it is not done', async () => {
      const { journal, kept, trail } = await openFailed()
      const unwritable = { ...act('failed.replay'), action: null as unknown as ActName }
      await expect(journal.replay(key, [1], 10, unwritable)).rejects.toThrow(/null/i)
      await expect(journal.discard(key, [2], 10, unwritable)).rejects.toThrow(/null/i)
      const errand = { act: 'discard', id: 'run_1' } as const
      await expect(journal.begin(key, errand, 10, unwritable)).rejects.toThrow(/null/i)
      expect([await kept(), await journal.errands(key, 9), await trail()]).toEqual([3, [], []])

      await journal.begin(key, errand, 11, act('failed.discard'))
      await expect(journal.cancel(key, 'run_1', 12, unwritable)).rejects.toThrow(/null/i)
      expect(await journal.errands(key, 9)).toMatchObject([{ state: 'running' }])
    })
  })
}

function act(action: ActName, after?: Act['after']): Act {
  return {
    workspaceId: 'wsp_1',
    at: 10,
    by: { type: 'member', id: 'mem_1' },
    address: '127.0.0.1',
    action,
    ...(after === undefined ? {} : { after }),
  }
}

function received(messageId: string) {
  const event = { type: 'track', event: 'Order Completed', messageId } as const
  return {
    ...at,
    storeId: 'sto_1',
    event,
    body: JSON.stringify(event),
    name: 'Order Completed',
    identifiers: { email: 'a@b.co' },
    occurredAt: 5,
    receivedAt: 6,
  }
}
