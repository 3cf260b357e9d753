import { afterEach, describe, expect, test } from 'vitest'
import { order, startEngine, until } from './engine.ts'
import type { Bench } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

const who = { userId: 'ada', context: { traits: { email: 'ada@example.com' } } }
const identify = (n: number, traits: object) => ({
  type: 'identify',
  messageId: `identify-${n}`,
  ...who,
  traits: { email: 'ada@example.com', ...traits },
})

function profile() {
  return bench.klaviyo.profiles().find(({ email }) => email === 'ada@example.com')
}

describe('what goes out later than its successors', () => {
  test('T42 T48 C5 an identify that is delivered again sets what nobody has said since, and nothing else', async () => {
    bench = await startEngine()
    bench.klaviyo.answer('/api/profile-import', 400, { times: 1 })
    await bench.send(
      identify(1, { firstName: 'Ada', plan: 'free', city: 'Berlin', address: { zip: '10115' } }),
    )
    await bench.idle()
    await bench.send(identify(2, { plan: 'pro', city: 'Hamburg' }))
    await bench.idle()
    expect(profile()).toMatchObject({ properties: { plan: 'pro' }, location: { city: 'Hamburg' } })

    await bench.replay('klaviyo_rejected')
    await bench.idle()
    expect((await bench.standing()).counts).toEqual({ accepted: 2 })
    expect(profile()).toMatchObject({
      first_name: 'Ada',
      location: { city: 'Hamburg', zip: '10115' },
      properties: { plan: 'pro' },
    })
  })

  test('T42 C5 what an order said since is newer too, and what Klaviyo refused says nothing', async () => {
    bench = await startEngine()
    bench.klaviyo.answer('/api/profile-import', 400, { times: 2 })
    await bench.send(identify(1, { plan: 'free', size: 'M', shoe: 38 }))
    await bench.idle()
    await bench.send(identify(2, { size: 'L' }))
    await bench.idle()
    await bench.send(
      order(3, 'ada@example.com', {
        userId: 'ada',
        context: { traits: { email: 'ada@example.com', plan: 'pro' } },
      }),
    )
    await bench.idle()
    expect((await bench.standing()).counts).toEqual({ accepted: 1, klaviyo_rejected: 2 })

    await bench.journal.replay(bench.key, [1], bench.clock.now())
    await bench.engine.reload()
    await until(async () => (await bench.standing()).counts['accepted'] === 2)
    expect(profile()).toMatchObject({ properties: { plan: 'pro', size: 'M', shoe: 38 } })
  })
})
