import { expect, test, vi } from 'vitest'
import { startEngine, view } from './engine.ts'

test('while Klaviyo works on a batch, what comes behind it is read from the journal', async () => {
  const answer = Promise.withResolvers<undefined>()
  const reads: { readonly after: number; readonly beforeAnswer: boolean }[] = []
  let isAnswered = false
  const bench = await startEngine({
    before: (destination) => ({
      ...destination,
      async send(...of) {
        await answer.promise
        return destination.send(...of)
      },
    }),
    around: (journal) => ({
      ...journal,
      read(...of) {
        reads.push({ after: of[1], beforeAnswer: !isAnswered })
        return journal.read(...of)
      },
    }),
  })
  const events = Array.from({ length: 2500 }, (_, number) =>
    view(number, { userId: `u${number}`, email: `u${number}@example.com` }),
  )
  await bench.state('paused')
  await bench.send(...events)
  await bench.idle()
  await bench.state('connected')

  await vi.waitFor(() => expect(reads.at(-1)?.after).toBeGreaterThanOrEqual(1000), 10_000)
  expect(reads.every(({ beforeAnswer }) => beforeAnswer)).toBe(true)
  isAnswered = true
  answer.resolve(undefined)
  await bench.idle()
  expect((await bench.standing()).counts).toEqual({ accepted: 2500 })
  expect(bench.klaviyo.events('Viewed Product')).toHaveLength(2500)
  await bench.close()
})
