import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { play } from './play.ts'

/** So many seeds are played at most until a mutant has to be found out. */
const most = 100

test.each(Object.entries(mutants))(
  'F26 the simulation notices a journal with %s',
  { timeout: 300_000 },
  async (name, mutant) => {
    for (let seed = 1; seed <= most; seed += 1) {
      const { wrong } = await play(seed, { mutant })
      if (wrong.length > 0) {
        console.log(`${name}: seed ${seed}, ${wrong[0]}`)
        return
      }
    }
    expect.fail(`${most} seeds were right although ${name}.`)
  },
)
