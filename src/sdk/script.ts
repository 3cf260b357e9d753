import { startTillpost } from './start.ts'
import type { SdkSettings, Tillpost } from './tillpost.ts'

/** Put around this script by the server that gives it out. */
declare const $settings: Omit<SdkSettings, 'host'>

type Call = readonly [keyof Tillpost, ...unknown[]]

/**
 * The script that a page loads: it finds out where it came from, and does what the page asked for so far.
 * Loaded twice, it starts once.
 */
const page = window as { tillpost?: Tillpost | Call[] }
const waiting = page.tillpost ?? []
if (Array.isArray(waiting)) {
  try {
    const { src } = document.currentScript as HTMLScriptElement
    const tillpost = startTillpost(
      { ...$settings, host: src.split('/sdk/')[0]! },
      () => +new Date(),
    )
    page.tillpost = tillpost
    for (const [name, ...given] of waiting) {
      ;(tillpost[name] as (...given: unknown[]) => void)(...given)
    }
  } catch {
    // The page goes on without us.
  }
}
