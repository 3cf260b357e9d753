import type { Cast, Node } from './cast.ts'
import type { Answered } from './load.ts'
import { pause, until } from './pause.ts'
import { eventsAfter, lifeOf, statusOf } from './shop.ts'
import type { Row, Status } from './shop.ts'

/** What a server may take at most, whatever happens; and what it may have open. */
const mostMegabytes = 450
const mostFiles = 600
/**
 * Of the requests of a round, so many may be answered 429 by the limits: what an owner had under way when it was killed or
 * frozen (up to 48 single requests) is not in the counts that the next one goes on with.
 */
const mostThrottled = (requests: number) => Math.max(60, requests / 50)

/** What stands at the beginning of a round. */
export interface Before {
  readonly head: number
  readonly requests: number
  readonly throttled: number
}

export interface Found {
  readonly accepted: number
  readonly ended: number
  readonly megabytes: number | undefined
}

export async function lookBefore({ nodes, klaviyo }: Cast): Promise<Before> {
  const { lanes } = await statusOf(nodes.at(0)!)
  const { requests, throttled } = await klaviyo.counters()
  return { head: lanes.live.head, requests, throttled }
}

/**
 * Follows the cursor of every node that answers, and remembers where it went back (I6). What comes back ends it
 * and tells.
 */
export function watchCursor({ nodes }: Cast): () => Promise<readonly string[]> {
  const faults: string[] = []
  const watch = { goesOn: true }
  let highest = 0
  const watching = (async () => {
    while (watch.goesOn) {
      for (const node of nodes) {
        // What was highest before it was asked: it may answer late.
        const least = highest
        const status = await statusOf(node).catch(() => undefined)
        const seq = status?.lanes.live.seq ?? least
        if (seq < least) faults.push(`I6 ${node.name}: the cursor went from ${least} to ${seq}`)
        highest = Math.max(highest, seq)
      }
      await pause(250)
    }
  })()
  return async () => {
    watch.goesOn = false
    await watching
    return faults
  }
}

/** Nothing waits any more, as every server says. Rejects with what they said last when that does not come. */
export async function settled(cast: Cast, withinMs: number): Promise<void> {
  let last: readonly (Status | string)[] = []
  try {
    await until(
      'nothing waits any more',
      async () => {
        last = await Promise.all(
          cast.nodes.map((node) => statusOf(node).catch((error: unknown) => String(error))),
        )
        return last.every(
          (status) =>
            typeof status !== 'string' &&
            status.lanes.live.head === status.lanes.live.seq &&
            status.lanes.live.exceptions.retry === 0 &&
            status.lanes.live.exceptions.replay === 0,
        )
      },
      { withinMs, everyMs: 200 },
    )
  } catch (error) {
    throw new Error(`${String(error)}\nThe servers say: ${JSON.stringify(last, undefined, 1)}`, {
      cause: error,
    })
  }
}

export interface Played {
  readonly round: string
  readonly answered: readonly Answered[]
  readonly before: Before
  /** Where the cursor went back. */
  readonly back: readonly string[]
}

/** The invariants after a round (reference: docs/reliability.md). Rejects with all that does not hold. */
export async function check(cast: Cast, { round, answered, before, back }: Played): Promise<Found> {
  const [node] = cast.nodes
  if (node === undefined) throw new Error('Nobody plays.')
  const faults: string[] = []
  const { lanes } = await statusOf(node)
  const rows = await eventsAfter(node, before.head)

  // I1: every answered event is kept, once; and nothing else is. Numbers have no gap.
  const byId = new Map(rows.map((row) => [row.messageId, row]))
  for (const { messageId } of answered)
    if (!byId.has(messageId)) faults.push(`I1 ${messageId} was answered 200 and is gone`)
  if (rows.length !== answered.length || byId.size !== rows.length)
    faults.push(`I1 ${answered.length} were answered, ${rows.length} are kept`)
  if (lanes.live.head - before.head !== rows.length)
    faults.push(`I1 the numbers go from ${before.head} to ${lanes.live.head}`)

  // I2, I5, I8: each has an end, and what is shown is what is so.
  const seen = await cast.klaviyo.seen('Step', `${round}-`)
  const arrived = new Set(
    Object.entries(seen).flatMap(([email, numbers]) => numbers.map((n) => `${email}-${n}`)),
  )
  const ended: Row[] = []
  for (const { messageId, n, isBad } of answered) {
    const row = byId.get(messageId)
    if (row === undefined) continue
    const isThere = arrived.has(messageId)
    if (row.outcome === 'dropped' || row.outcome === 'dead') {
      ended.push(row)
      if (!isBad)
        faults.push(`I5 ${messageId} is ${row.outcome} (${row.reason}) for no fault of its own`)
      if (row.reason === undefined || row.sentence === undefined)
        faults.push(`I2 ${messageId} is ${row.outcome} without a reason`)
      if (isThere) faults.push(`I8 ${messageId} is shown as ${row.outcome}, and Klaviyo has it`)
    } else if (row.outcome !== 'accepted' && row.outcome !== 'confirmed') {
      faults.push(`I2 ${messageId} is ${row.outcome}`)
    } else if (n !== undefined && !isThere) {
      faults.push(`I8 ${messageId} is shown as accepted, and Klaviyo does not have it`)
    }
  }
  for (const { messageId } of ended) {
    const { attempts } = await lifeOf(node, messageId)
    if (!attempts.some(({ status }) => status >= 400 && status < 500))
      faults.push(`I5 ${messageId} ended without an answer of its own`)
  }

  // I3, I4: at Klaviyo each is once, and a person's are in order. A bad one may come late.
  const bad = new Set(answered.filter(({ isBad }) => isBad).map(({ messageId }) => messageId))
  const known = new Set(answered.map(({ messageId }) => messageId))
  for (const [email, numbers] of Object.entries(seen)) {
    let last = 0
    const once = new Set(numbers)
    if (once.size !== numbers.length)
      faults.push(`I3 ${email} has an event twice: ${numbers.join()}`)
    for (const n of numbers) {
      if (!known.has(`${email}-${n}`)) faults.push(`I3 ${email}-${n} was never answered`)
      if (bad.has(`${email}-${n}`)) continue
      if (n < last) faults.push(`I4 ${email}: ${n} came after ${last}`)
      last = n
    }
  }

  // I11: an accepted event shows the requests that carried it. An answer that was lost has no 2xx there: the repeat
  // was refused, which says that it had worked.
  for (const { messageId } of answered.filter(({ n }) => n !== undefined).slice(0, 3)) {
    const { outcome, attempts } = await lifeOf(node, messageId)
    if (outcome === 'accepted' && attempts.length === 0)
      faults.push(`I11 ${messageId} was accepted, and no request shows it`)
  }

  faults.push(
    ...back,
    ...(await limitsOf(cast, before)),
    ...boundsOf(cast.nodes),
    ...complaintsOf(cast.nodes),
  )
  if (faults.length > 0) {
    const more = faults.length > 20 ? `\n… ${faults.length - 20} more` : ''
    throw new Error(`${faults.slice(0, 20).join('\n')}${more}`)
  }
  const megabytes = Math.max(...cast.nodes.map((one) => one.peakMegabytes() ?? 0))
  return {
    accepted: answered.length - ended.length,
    ended: ended.length,
    megabytes: megabytes === 0 ? undefined : Math.round(megabytes),
  }
}

/** I7: Klaviyo's limits. */
async function limitsOf({ klaviyo }: Cast, before: Before): Promise<readonly string[]> {
  const { requests, throttled } = await klaviyo.counters()
  const refused = throttled - before.throttled
  const made = requests - before.requests
  return refused > mostThrottled(made)
    ? [`I7 ${refused} of ${made} requests were over the limits`]
    : []
}

/** I9 */
function boundsOf(nodes: readonly Node[]): readonly string[] {
  return nodes.flatMap((node) => {
    const megabytes = node.peakMegabytes() ?? 0
    const files = node.openFiles() ?? 0
    return [
      ...(megabytes > mostMegabytes ? [`I9 ${node.name} took ${Math.round(megabytes)} MB`] : []),
      ...(files > mostFiles ? [`I9 ${node.name} has ${files} files open`] : []),
    ]
  })
}

/** What a server only says when something is wrong with itself. */
const ownFaults =
  /differs from the one announced|A request could not be handled|unhandled|TypeError|RangeError|ReferenceError/u

function complaintsOf(nodes: readonly Node[]): readonly string[] {
  return nodes.flatMap(({ name, log }) =>
    log.filter((line) => ownFaults.test(line)).map((line) => `${name} says: ${line}`),
  )
}
