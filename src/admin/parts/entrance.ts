import { ownPath } from '../../core/own-path.ts'

/** What a one-time link carries, behind the hash: no server sees it. */
export function linkCode(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? undefined
}

/** Where to go on. */
export function nextPath(): string {
  return ownPath(new URLSearchParams(location.search).get('next') ?? '') ?? '/admin'
}

let isGoing = false

/**
 * As a whole, not by the router: the address may be one that the server answers, such as connecting Klaviyo. Once:
 * who signs in is told so by the answer and by the next look at who one is, and the second would begin it anew.
 */
export function goOn(path = nextPath()): void {
  if (isGoing) return
  isGoing = true
  location.replace(path)
}
