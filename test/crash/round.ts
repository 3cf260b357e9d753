import type { Cast } from './cast.ts'
import type { Chance } from './chance.ts'
import { check, lookBefore, settled, watchCursor } from './check.ts'
import type { Found } from './check.ts'
import type { Disturbance } from './disturbances.ts'
import { pause } from './pause.ts'

/** What an outage leaves is sent after a pause of minutes at most. */
const settleMs = 8 * 60_000

export interface Round extends Found {
  /** Events that were answered 200. */
  readonly answered: number
  /** Requests that were not answered 200, and sent again. */
  readonly resent: number
  /** From the last answer until nothing waited any more. */
  readonly settleSeconds: string
}

/**
 * Shoppers shop, something goes wrong, it is over, everything gets its end: then the invariants are checked.
 * Rejects with those that do not hold.
 *
 * @param round names its shoppers, and so its events
 */
export async function playRound(
  cast: Cast,
  disturbance: Disturbance,
  round: string,
  chance: Chance,
): Promise<Round> {
  const { load, klaviyo, nodes } = cast
  const before = await lookBefore(cast)
  const cursor = watchCursor(cast)
  load.calm()
  load.begin(round)
  await pause(500)
  await disturbance.play(cast, chance)
  await pause(300)
  const { answered, resent } = await load.end()
  const ended = performance.now()
  await settled(cast, settleMs)
  const settleSeconds = ((performance.now() - ended) / 1000).toFixed(1)
  await klaviyo.mend()
  const back = await cursor()
  const found = await check(cast, { round, answered, before, back })
  for (const { clock } of nodes) clock?.set(0)
  return { answered: answered.length, resent, settleSeconds, ...found }
}
