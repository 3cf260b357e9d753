import { newId } from './id.ts'
import { drop, keysOf, load, save } from './storage.ts'
import type { Clock, SdkSettings } from './tillpost.ts'

export interface Queue {
  add(event: object): void
  /** `atOnce`: whatever is under way; the page may be gone before its answer. */
  flush(atOnce?: boolean): void
}

/**
 * Events on their way to the server. Each stands in the browser's storage under a key of its own, so that
 * tabs do not write over one another, and stays there until the server has answered for it. Whoever sends,
 * sends the oldest first: what two tabs send at once is the same, in the same order, and counts once.
 */
export function openQueue({ host, writeKey }: SdkSettings, now: Clock): Queue {
  let last = 0
  let busy = false
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function wait(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(flush, ms)
  }

  function flush(atOnce?: boolean): void {
    if (busy && !atOnce) return
    const keys: string[] = []
    const texts: string[] = []
    let length = 0
    const all = keysOf(prefix)
    // When it is too full the oldest go.
    all.splice(0, all.length - maxEvents).forEach(drop)
    for (const key of all) {
      const text = JSON.stringify(load(key))
      length += text.length
      if (texts.length > 0 && length > maxLength) break
      keys.push(key)
      texts.push(text)
    }
    if (texts.length > 0) void send(keys, texts.join())
  }

  async function send(keys: readonly string[], events: string): Promise<void> {
    let seconds = 0
    busy = true
    try {
      // As plain text, so that the browser need not ask first whether it may.
      const { status, headers } = await fetch(`${host}/v1/batch`, {
        method: 'POST',
        body: `{"writeKey":"${writeKey}","sentAt":${now()},"batch":[${events}]}`,
        // Browsers let no more than 64 KB outlive a page, in UTF-8.
        keepalive: events.length < maxLength / 3,
        signal: AbortSignal.timeout(30_000),
      })
      // What the server cannot read now it never will.
      if ([200, 400, 413].includes(status)) {
        keys.forEach(drop)
        tries = 0
        seconds = 0.01
      } else seconds = Number(headers.get('retry-after'))
    } catch {
      // It was not reached: tried again like any other failure.
    }
    busy = false
    // Somewhere between the half and the whole, by the milliseconds of the clock: not all browsers at once.
    seconds ||= Math.min(300, 2 ** tries++) * (0.5 + (now() % 1000) / 2000)
    wait(seconds * 1000)
  }

  return {
    add(event) {
      last = Math.max(now(), last + 1)
      save(prefix + last.toString(36) + newId(), event)
      if (tries === 0) wait(20)
    },
    flush,
  }
}

const prefix = 'tp.q.'
const maxEvents = 1000
const maxLength = 60_000
