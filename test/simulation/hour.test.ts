import { expect, test } from 'vitest'
import { playLoad } from './hour.ts'

const minutes = Number(process.env['LIMITS_MINUTES'] ?? 5)

test(
  `S37 W13 I7 in ${minutes} minutes of mixed load by two nodes and two stores on one account no answer is 429`,
  { timeout: 1_800_000 },
  async () => {
    const { sent, settled, answers, moves, wrong } = await playLoad(1, minutes)
    console.log(JSON.stringify({ sent, settled, answers, moves }))
    expect(wrong).toEqual([])
    expect(settled).toEqual({ accepted: sent })
    expect(Object.keys(answers).filter((name) => name.endsWith(' 429'))).toEqual([])
    // Both the single and the bulk ways were used.
    expect(answers).toMatchObject({
      '/api/events 202': expect.any(Number),
      '/api/event-bulk-create-jobs 202': expect.any(Number),
    })
  },
)
