import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, messageOf } from './failure.ts'

/** Where events go. */
export interface Target {
  readonly url: string
  readonly writeKey: string
}

const maxEvents = 100
const maxBytes = 400_000
const maxTries = 8

/**
 * Sends events in batches, one after another, and says after each how many were taken so far. Waits and
 * tries again while the server says that it cannot take them now; a `Failure` says how far it got.
 */
export async function postEvents(
  target: Target,
  events: AsyncIterable<Record<string, unknown>>,
  taken: (count: number) => void,
): Promise<number> {
  let count = 0
  let batch: string[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length === 0) return
    await postBatch(target, batch, count)
    count += batch.length
    taken(count)
    batch = []
    bytes = 0
  }
  for await (const event of events) {
    const text = JSON.stringify(event)
    const size = Buffer.byteLength(text)
    if (batch.length === maxEvents || bytes + size > maxBytes) await flush()
    batch.push(text)
    bytes += size
  }
  await flush()
  return count
}

async function postBatch(target: Target, batch: readonly string[], before: number): Promise<void> {
  let problem = ''
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const answer = await post(target, batch)
    if (answer.ok) return
    problem = answer.problem
    if (answer.retryMs === undefined) break
    await sleep(answer.retryMs ?? Math.min(30_000, 500 * 2 ** tries))
  }
  throw new Failure(
    `${problem}\n${before} events were taken before that. Run the same command again to go on: ` +
      'what was taken is not taken twice.',
  )
}

type PostAnswer =
  | { readonly ok: true }
  /** `retryMs` null: it may be tried again, after a time of one's own choice. Undefined: it may not. */
  | { readonly ok: false; readonly problem: string; readonly retryMs?: number | null }

async function post({ url, writeKey }: Target, batch: readonly string[]): Promise<PostAnswer> {
  let response: Response
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
  } catch (error) {
    const problem = `The server at ${url} does not answer: ${messageOf(error)}.`
    return { ok: false, problem, retryMs: null }
  }
  const text = await response.text()
  if (response.ok) return { ok: true }
  const problem = `The server at ${url} answered ${response.status}: ${text.slice(0, 300)}`
  if (response.status === 401) {
    return { ok: false, problem: `${problem}\nIs the write key right?` }
  }
  if (response.status < 500 && response.status !== 429) return { ok: false, problem }
  const seconds = Number(response.headers.get('retry-after') ?? 'none')
  return { ok: false, problem, retryMs: Number.isFinite(seconds) ? seconds * 1000 : null }
}
