import type { Way } from '../core/index.ts'
import type { Freight } from './freight.ts'
import type { Result } from './item.ts'
import { profileKeyOf } from './profile.ts'
import { Later, request } from './request.ts'
import type { Line } from './request.ts'

/** So many people's next actions are asked with: one of them may be at fault too. */
const mostAsked = 3

/**
 * When a batch keeps failing: is it the account, or some of its content? Sends growing pieces from the
 * front, so that each person's order holds, and closes in on an action that fails alone. That one is at
 * fault only if the account takes somebody else's next action and then fails on it again. Throws `Later`
 * when the account takes nothing.
 *
 * `anyone`: the batch has failed for so long that, where nobody else is in it, the same person's next
 * action may be asked with. `others`: next events of people who are not in it, to be asked with where the
 * batch holds nothing else; without them a batch that is all at fault would stand before them for ever.
 * `elsewhere`: the account took something since the batch first failed.
 */
export async function isolate(
  line: Line,
  way: Way,
  freight: readonly Freight[],
  anyone: boolean,
  others: () => Promise<readonly Freight[]>,
  elsewhere: boolean,
): Promise<readonly Result[]> {
  const results: Result[] = []
  let left = freight.map((one, index) => ({
    ...one,
    index,
    person: profileKeyOf(one.action.profile.identifiers),
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
  /** Whether the account takes somebody else's next action: one of the batch's, or one of those after it. */
  const takesAnother = async (person: string): Promise<boolean> => {
    const asked = new Set([person])
    for (const one of left.slice(1)) {
      if (asked.has(one.person)) continue
      if (asked.size > mostAsked) break
      asked.add(one.person)
      if ((await failureOf(send([one]))) === undefined) return true
    }
    if (await takesOne(line, await others())) return true
    const next = anyone ? left.slice(1).find((one) => one.person === person) : undefined
    return next !== undefined && (await failureOf(send([next]))) === undefined
  }
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
      if (!(await takesAnother(head.person)) && !elsewhere) throw error
      const again = await failureOf(send([head]))
      if (again === undefined) continue
      results[head.index] = laterOf(line)
      left = left.slice(1)
    }
  }
  return results
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
