/** One call that the simulator was sent. */
export interface LoggedRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly operation?: string
  readonly account?: string
  /** `key`, `client`, or `app:` and the OAuth app's client id: what the limits are counted by. */
  readonly auth?: string
  readonly at: number
  readonly tookMs: number
  /** 0 when the connection was broken off instead of answered. */
  readonly status: number
  readonly bytes: number
  readonly fault?: string
  /** The body as it came (inflated), when it is small. */
  readonly body?: string
}

export interface Counters {
  readonly requests: number
  /** How many were answered 429 by the limits, not by a fault. */
  readonly throttled: number
  readonly byStatus: { readonly [status: string]: number }
  readonly events: number
}

const keptRequests = 20_000
const keptBodyBytes = 64 * 1024
const keptBodyBytesTogether = 32 * 1024 * 1024

/** A buffer, said so that whoever imports the simulator's types needs none of Node's. */
interface Bytes {
  readonly length: number
  toString(encoding: 'utf8'): string
}

interface Entry extends LoggedRequest {
  body?: string
}

/** The newest requests, and counts of all. Bodies are given up first, the oldest before the others. */
export class RequestLog {
  #entries: Entry[] = []
  #bodyBytes = 0
  #oldestBody = 0
  readonly #counts = new Map<
    string,
    { requests: number; throttled: number; statuses: Map<number, number> }
  >()

  add(request: Omit<LoggedRequest, 'body'>, body: Bytes | undefined, throttled: boolean): void {
    const entry: Entry = { ...request }
    if (body !== undefined && body.length > 0 && body.length <= keptBodyBytes) {
      entry.body = body.toString('utf8')
      this.#bodyBytes += entry.body.length
    }
    this.#entries.push(entry)
    while (this.#bodyBytes > keptBodyBytesTogether && this.#oldestBody < this.#entries.length) {
      const old = this.#entries[this.#oldestBody]
      if (old?.body !== undefined) {
        this.#bodyBytes -= old.body.length
        delete old.body
      }
      this.#oldestBody += 1
    }
    if (this.#entries.length >= keptRequests * 2) {
      const dropped = this.#entries.length - keptRequests
      for (const old of this.#entries.slice(0, dropped)) this.#bodyBytes -= old.body?.length ?? 0
      this.#entries = this.#entries.slice(dropped)
      this.#oldestBody = Math.max(0, this.#oldestBody - dropped)
    }
    const name = request.account ?? ''
    let count = this.#counts.get(name)
    if (count === undefined) {
      count = { requests: 0, throttled: 0, statuses: new Map() }
      this.#counts.set(name, count)
    }
    count.requests += 1
    if (throttled) count.throttled += 1
    count.statuses.set(request.status, (count.statuses.get(request.status) ?? 0) + 1)
  }

  /** The newest requests, oldest first. */
  list(account?: string): readonly LoggedRequest[] {
    return account === undefined
      ? [...this.#entries]
      : this.#entries.filter((entry) => entry.account === account)
  }

  counters(account?: string): Omit<Counters, 'events'> {
    let requests = 0
    let throttled = 0
    const byStatus: { [status: string]: number } = {}
    for (const [name, count] of this.#counts) {
      if (account !== undefined && name !== account) continue
      requests += count.requests
      throttled += count.throttled
      for (const [status, times] of count.statuses) {
        byStatus[status] = (byStatus[status] ?? 0) + times
      }
    }
    return { requests, throttled, byStatus }
  }
}
