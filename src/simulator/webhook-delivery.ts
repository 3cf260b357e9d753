import { textOf } from './json.ts'
import { createHmac } from 'node:crypto'
import type { Account } from './account.ts'
import { writeTime } from './clock.ts'
import { eventResource, includedOf } from './events.ts'
import { eventId } from './ids.ts'
import type { Entry } from './entry.ts'
import { topicOf } from './webhook-topics.ts'
import { webhooksFor } from './webhooks.ts'
import type { World } from './world.ts'

const mostEvents = 1000
const answerMs = 5000
const hourMs = 3_600_000
const disableAfterMs = 48 * hourMs

const noQuery = {
  values: new Map<string, string>(),
  include: new Set(['metric', 'profile']),
  additional: new Set<string>(),
}

interface Queue {
  readonly events: { readonly place: number; readonly topic: string }[]
  attempt: number
  notBefore: number
  busy: boolean
}

/**
 * Sends an account's events to the webhooks that asked for their topic: signed, up to 1,000 a call,
 * again after 1 s, 2 s, 4 s … up to an hour when the answer is not 200 to 202 within 5 s; after 48
 * hours of that the webhook is disabled.
 */
export class WebhookDelivery {
  readonly #world: World
  readonly #base: () => string
  readonly #queues = new Map<Entry, Queue>()
  readonly #accounts = new Map<Entry, Account>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = 0
  #closed = false

  constructor(world: World, base: () => string) {
    this.#world = world
    this.#base = base
  }

  /** Watches an account's events from now on. */
  watch(account: Account): void {
    account.onEvent = (place) => {
      const metric = account.metrics[account.events.metricOf(place)]
      if (metric === undefined || account.table('webhook').size === 0) return
      const topic = topicOf(metric)
      for (const webhook of webhooksFor(account, topic)) {
        let queue = this.#queues.get(webhook)
        if (queue === undefined) {
          queue = { events: [], attempt: 0, notBefore: 0, busy: false }
          this.#queues.set(webhook, queue)
          this.#accounts.set(webhook, account)
        }
        queue.events.push({ place, topic })
      }
      this.wake(this.#world.choices.webhookDelayMs)
    }
  }

  /** Looks for what is due, soon; the simulator's clock may have been moved. */
  wake(afterMs = 0): void {
    if (this.#closed || this.#queues.size === 0) return
    const at = performance.now() + afterMs
    if (this.#timer !== undefined && this.#timerAt <= at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, afterMs)
    this.#timer.unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #flush(): void {
    const now = this.#world.clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [webhook, queue] of this.#queues) {
      if (this.#accounts.get(webhook)?.table('webhook').get(webhook.id) !== webhook) {
        // It was deleted, and what waited for it with it.
        this.#queues.delete(webhook)
        this.#accounts.delete(webhook)
        continue
      }
      if (queue.events.length === 0 || queue.busy || webhook.attributes['enabled'] !== true)
        continue
      if (queue.notBefore > now) next = Math.min(next, queue.notBefore - now)
      else void this.#send(webhook, queue)
    }
    if (next < Number.POSITIVE_INFINITY) this.wake(next)
  }

  async #send(webhook: Entry, queue: Queue): Promise<void> {
    queue.busy = true
    const batch = queue.events.slice(0, mostEvents)
    const isTaken = await this.#post(webhook, batch)
    queue.busy = false
    if (this.#closed) return
    const now = this.#world.clock.now()
    if (isTaken) {
      queue.events.splice(0, batch.length)
      queue.attempt = 0
      queue.notBefore = 0
      delete webhook.attributes['failing_since']
    } else {
      const since = webhook.attributes['failing_since']
      if (typeof since !== 'number') webhook.attributes['failing_since'] = now
      else if (now - since >= disableAfterMs) webhook.attributes['enabled'] = false
      queue.notBefore = now + Math.min(hourMs, 1000 * 2 ** queue.attempt)
      queue.attempt += 1
    }
    this.wake(isTaken ? 0 : Math.max(0, queue.notBefore - now))
  }

  async #post(
    webhook: Entry,
    batch: readonly { readonly place: number; readonly topic: string }[],
  ): Promise<boolean> {
    const account = this.#accounts.get(webhook)
    if (account === undefined) return true
    const now = this.#world.clock.now()
    const includes = this.#world.choices.webhookIncludes
    const body = JSON.stringify({
      data: batch.flatMap(({ place, topic }) => {
        const event = account.events.get(place)
        if (event === undefined) return []
        const look = { base: this.#base(), account, query: noQuery }
        const payload = {
          data: eventResource(look, event),
          ...(includes ? { included: includedOf(look, [event]) } : {}),
        }
        return [{ external_id: eventId(place), topic, payload }]
      }),
      meta: {
        klaviyo_webhook_id: webhook.id,
        timestamp: writeTime(now),
        klaviyo_account_id: account.id,
        version: '2024-06-28',
      },
    })
    // Recorded: an HTTP date whose clock is hours off, and still part of what is signed.
    const timestamp = new Date(now + this.#world.choices.webhookClockSkewMs).toUTCString()
    const signature = createHmac('sha256', textOf(webhook.attributes['secret_key']))
      .update(body + timestamp)
      .digest('hex')
    try {
      const response = await fetch(textOf(webhook.attributes['endpoint_url']), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'klaviyo-signature': signature,
          'klaviyo-timestamp': timestamp,
          'klaviyo-webhook-id': webhook.id,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(answerMs),
      })
      await response.arrayBuffer()
      return response.status >= 200 && response.status <= 202
    } catch {
      return false
    }
  }
}
