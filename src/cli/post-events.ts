import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, messageOf } from './failure.ts'

/** Where events go. */
export interface Target {
  readonly url: string
  readonly writeKey: string
}

/** An event and the line that it stands in. */
export interface NumberedEvent {
  readonly number: number
  readonly event: Readonly<Record<string, unknown>>
}

export interface Posted {
  readonly taken: number
  readonly refused: number
  /** Some of them: the server names the first ten of each batch. */
  readonly problems: readonly LineProblem[]
}

export interface LineProblem {
  readonly line: number
  readonly problem: string
}

const maxEvents = 100
const maxBytes = 400_000
const maxTries = 8

/**
 * Sends events in batches, one after another, and says after each how many are through. Waits and tries
 * again while the server says that it cannot take them now; a `Failure` says how far it got.
 */
export async function postEvents(
  target: Target,
  events: AsyncIterable<NumberedEvent>,
  through: (count: number) => void,
): Promise<Posted> {
  let done = 0
  let refused = 0
  const problems: LineProblem[] = []
  let batch: { readonly line: number; readonly text: string }[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length === 0) return
    const answer = await postBatch(
      target,
      batch.map(({ text }) => text),
      done - refused,
    )
    refused += answer.refusedCount ?? 0
    for (const { index, sentence } of answer.refused ?? []) {
      problems.push({ line: batch[index]?.line ?? 0, problem: sentence })
    }
    done += batch.length
    through(done)
    batch = []
    bytes = 0
  }
  for await (const { number, event } of events) {
    const text = JSON.stringify(event)
    const size = Buffer.byteLength(text)
    if (batch.length === maxEvents || bytes + size > maxBytes) await flush()
    batch.push({ line: number, text })
    bytes += size
  }
  await flush()
  return { taken: done - refused, refused, problems }
}

/** What the server says of a batch that it took. */
interface BatchAnswer {
  readonly refusedCount?: number
  readonly refused?: readonly { readonly index: number; readonly sentence: string }[]
}

async function postBatch(
  target: Target,
  batch: readonly string[],
  before: number,
): Promise<BatchAnswer> {
  let problem = ''
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const answer = await post(target, batch)
    if (answer.type === 'taken') return answer.body
    problem = answer.problem
    if (answer.type === 'refused') break
    if (tries < maxTries) await sleep(answer.afterMs ?? Math.min(30_000, 250 * 2 ** tries))
  }
  throw new Failure(
    `${problem}\n${before} events were taken before that. Run the same command again to go on: ` +
      'what was taken is not taken twice.',
  )
}

type PostAnswer =
  | { readonly type: 'taken'; readonly body: BatchAnswer }
  | { readonly type: 'refused'; readonly problem: string }
  /** Waiting may help. */
  | { readonly type: 'busy'; readonly problem: string; readonly afterMs?: number }

async function post({ url, writeKey }: Target, batch: readonly string[]): Promise<PostAnswer> {
  let response: Response
  let text: string
  try {
    response = await fetch(new URL('/v1/batch', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
      },
      body: `{"batch":[${batch.join(',')}],"sentAt":"${new Date().toISOString()}"}`,
      signal: AbortSignal.timeout(30_000),
    })
    text = await response.text()
  } catch (error) {
    return { type: 'busy', problem: `The server at ${url} does not answer: ${messageOf(error)}.` }
  }
  if (response.ok) {
    const body: BatchAnswer = JSON.parse(text)
    return { type: 'taken', body }
  }
  const problem = `The server at ${url} answered ${response.status}: ${text.slice(0, 300)}`
  if (response.status === 401) {
    return { type: 'refused', problem: `${problem}\nIs the write key right?` }
  }
  if (response.status < 500 && response.status !== 429) return { type: 'refused', problem }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return { type: 'busy', problem, ...(seconds >= 0 ? { afterMs: seconds * 1000 } : {}) }
}
