import { afterEach, expect, test, vi } from 'vitest'
import type { SimulatorOptions } from '../src/simulator/index.ts'
import { order, startEngine, view } from './engine.ts'
import type { Bench } from './engine.ts'

// What no source settles about Klaviyo, the simulator does either way: a small day has to arrive once
// under each of its choices.

let bench: Bench
afterEach(async () => bench.close())

const people = 60

/** Guests who look around, sign in and buy; the shop tells of each order twice, in its own words. */
function day(): { readonly morning: object[]; readonly evening: object[] } {
  const morning: object[] = []
  const evening: object[] = []
  for (let n = 0; n < people; n += 1) {
    const email = `person${n}@example.com`
    const context = { traits: { email } }
    morning.push(
      view(n, { userId: `user-${email}`, context }),
      {
        type: 'identify',
        userId: `user-${email}`,
        traits: { email, firstName: `Person ${n}` },
        messageId: `identify-${n}`,
      },
      order(n, email),
    )
    evening.push(order(n, email, { messageId: `again-${n}` }), {
      type: 'track',
      event: 'Product Added',
      userId: `user-${email}`,
      context,
      // Names that Klaviyo may take for its own, and texts that together are nearly too large.
      properties: {
        product_id: `p${n}`,
        name: `Product ${n}`,
        price: 5,
        quantity: 1,
        $value: 999,
        $event_id: `own-${n}`,
        description: 'x'.repeat(90_000),
      },
      messageId: `added-${n}`,
    })
  }
  return { morning, evening }
}

const choices: readonly (readonly [string, SimulatorOptions])[] = [
  ['as it comes', {}],
  ['a repeat fails a bulk request that is known from before', { repeats: 'history' }],
  ['a repeat without a unique id fails one', { choices: { impliedRepeats: 'refuse' } }],
  ['too much is a 400', { choices: { tooLarge: 400 } }],
  ['a missing revision is the oldest', { choices: { missingRevision: 'oldest' } }],
  ['unknown members are passed over', { choices: { unknownMembers: 'ignore' } }],
  ['no gzip', { choices: { gzip: false } }],
  ['special keys are lifted', { choices: { liftsSpecialKeys: true } }],
  ['what is accepted is seen later', { visibleAfterMs: 20_000 }],
  ['jobs lag', { choices: { jobLagMs: 240_000, segmentLagMs: 540_000 } }],
  ['windows that begin with the minute', { limits: true }],
  ['windows that begin elsewhere', { limits: true, windowPhaseMs: 350 }],
  ['throttled calls count', { limits: true, choices: { throttledCalls: 'count' } }],
]

test.each(choices)('a day arrives once: %s', async (_name, simulator) => {
  bench = await startEngine({ simulator })
  const { morning, evening } = day()
  await bench.send(...morning)
  await bench.idle()
  await bench.send(...evening)
  await bench.idle()
  const wanted = { 'Viewed Product': people, 'Added to Cart': people, 'Placed Order': people }
  await vi.waitFor(() => expect(bench.klaviyo.events()).toHaveLength(people * 3), 20_000)
  for (const [metric, count] of Object.entries(wanted)) {
    const events = bench.klaviyo.events(metric)
    expect(events).toHaveLength(count)
    expect(new Set(events.map(({ unique_id }) => unique_id)).size).toBe(count)
    expect(new Set(events.map(({ profile }) => profile.email)).size).toBe(count)
  }
  expect(bench.klaviyo.profile('person7@example.com')).toMatchObject({ first_name: 'Person 7' })
  const { counts } = await bench.standing()
  expect(counts).toEqual({ accepted: people * 5 })
  expect(bench.klaviyo.counters().throttled).toBe(0)
})
