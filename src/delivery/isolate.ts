import type { Way } from '../core/index.ts'
import type { Freight } from './freight.ts'
import type { Result } from './item.ts'
import { keysOf } from './order.ts'
import { Later, request } from './request.ts'
import type { Line } from './request.ts'
import type { Suspect } from './suspect.ts'

/** What is known beside the batch itself. */
interface Known {
  /** It has failed for so long that, where nobody else is in it, the same person's next action may be asked with. */
  readonly anyone: boolean
  /**
   * Next events of people who are not in it, to be asked with where the batch holds nothing else; without
   * them a batch that is all at fault would stand before them for ever.
   */
  readonly others: () => Promise<readonly Freight[]>
  /** Which of it failed alone before. */
  readonly suspect: Suspect
}

/** So many people's next actions are asked with: one of them may be at fault too. */
const mostAsked = 3

/**
 * When a batch keeps failing: is it the account, or some of its content? Sends growing pieces from the
 * front, so that each person's order holds, and closes in on an action that fails alone. That one is at
 * fault only if the account takes somebody else's next action and then fails on it again, now or at a later try of
 * the batch. Throws `Later` when the account takes nothing. `results` gets what came of each action, also of those before a throw.
 */
export async function isolate(
  line: Line,
  way: Way,
  freight: readonly Freight[],
  { anyone, others, suspect }: Known,
  results: Result[],
): Promise<void> {
  let left = freight.map((one, index) => ({
    ...one,
    index,
    keys: keysOf(one.action.profile.identifiers),
  }))
  type Piece = typeof left
  const send = async (piece: Piece): Promise<void> => {
    const came = await request(line, way, piece)
    for (const [place, { index }] of piece.entries()) {
      const result = came[place]
      if (result !== undefined) results[index] = result
    }
    const sent = new Set(piece)
    left = left.filter((one) => !sent.has(one))
  }
  /** Whose next action the account takes: one of the batch's, one of those after it, or the same person's. */
  const takes = async (head: Piece[number]): Promise<'another' | 'own' | 'nothing'> => {
    const busy = new Set(head.keys)
    let asked = 0
    for (const one of left.slice(1)) {
      const isFirst = one.keys.every((key) => !busy.has(key))
      for (const key of one.keys) busy.add(key)
      if (!isFirst) continue
      if (asked === mostAsked) break
      asked += 1
      if ((await failureOf(send([one]))) === undefined) return 'another'
    }
    if (await takesOne(line, await others())) return 'another'
    const isOwn = ({ keys }: Piece[number]) => keys.some((key) => head.keys.includes(key))
    const next = anyone ? left.slice(1).find(isOwn) : undefined
    return next !== undefined && (await failureOf(send([next]))) === undefined ? 'own' : 'nothing'
  }
  for (const one of left) if (suspect.isConvicted(way, one)) results[one.index] = laterOf(line)
  left = left.filter(({ index }) => results[index] === undefined)
  let size = 1
  while (left.length > 0) {
    const piece = left.slice(0, size)
    const error = await failureOf(send(piece))
    const head = piece[0]
    if (error === undefined) {
      size *= 2
    } else if (piece.length > 1 || head === undefined) {
      size = piece.length >> 1
    } else {
      const taken = await takes(head)
      if (taken === 'nothing') {
        // Each time only this one: what comes behind it has to fail, and the account to take something, once more.
        if (!suspect.failedAgain(way, head, line.gate.judged)) throw error
      }
      // Where its own successor has passed, it is off the straight road whatever comes of another try.
      if (taken === 'another' && (await failureOf(send([head]))) === undefined) continue
      results[head.index] = laterOf(line)
      left = left.slice(1)
    }
  }
}

/** Whether the account takes any of them. They go again in their turn: singly, a repeat does no harm. */
async function takesOne(line: Line, freight: readonly Freight[]): Promise<boolean> {
  for (const one of freight) {
    if ((await failureOf(request(line, 'event', [one]))) === undefined) return true
  }
  return false
}

/** The failure, where somebody answered: the fault may lie in what was sent. Rejects with any other. */
async function failureOf(sending: Promise<unknown>): Promise<Later | undefined> {
  try {
    await sending
    return undefined
  } catch (error) {
    if (error instanceof Later && error.answered) return error
    throw error
  }
}

function laterOf({ gate }: Line): Result {
  const detail = gate.lastError?.text
  return {
    type: 'later',
    reason: gate.retryReason ?? 'klaviyo_unavailable',
    ...(detail === undefined ? {} : { detail }),
  }
}
