import type { Action } from '../core/index.ts'
import type { Reply } from './call.ts'
import { memberOf, parseJson, textOf } from './json.ts'

/** One entry of a JSON:API error body. */
export interface KlaviyoError {
  readonly code: string
  readonly detail: string
  /** Into the request body; empty when none is given. */
  readonly pointer: string
  /** 409: the profile that has these identifiers already. */
  readonly duplicateProfileId?: string
}

/** What Klaviyo listed as wrong. Empty for bodies that are no JSON:API errors (a page of a proxy, half an answer). */
export function errorsOf(reply: Reply): readonly KlaviyoError[] {
  if (reply.status >= 200 && reply.status < 300) return []
  const errors = memberOf(parseJson(reply.text), 'errors')
  if (!Array.isArray(errors)) return []
  return errors.map((error) => {
    const duplicateProfileId = textOf(error, 'meta', 'duplicate_profile_id')
    return {
      code: textOf(error, 'code') ?? '',
      detail: textOf(error, 'detail') ?? textOf(error, 'title') ?? '',
      pointer: textOf(error, 'source', 'pointer') ?? '',
      ...(duplicateProfileId ? { duplicateProfileId } : {}),
    }
  })
}

/** The answer is a web page, so something between us and Klaviyo's API wrote it. */
export function isPage(reply: Reply): boolean {
  return reply.contentType.startsWith('text/html') || reply.text.trimStart().startsWith('<')
}

/** What was said, for the dead letter, without the personal data that Klaviyo repeats in its texts. */
export function detailOf(
  reply: Reply,
  errors: readonly KlaviyoError[],
  actions: readonly Action[],
): string {
  if (reply.error !== undefined) return `No answer from Klaviyo: ${reply.error}.`
  if (isPage(reply)) {
    return `A web page came instead of an answer of Klaviyo's API (HTTP ${reply.status}). Check proxies on the way.`
  }
  if (reply.status === 410) {
    return 'Klaviyo no longer offers this call (HTTP 410). Update Tillpost, then send it again.'
  }
  const texts = [...new Set(errors.map(({ detail }) => detail).filter((text) => text !== ''))]
  const said = texts.length === 0 ? `HTTP ${reply.status} without an explanation.` : texts.join(' ')
  return scrub(said, actions).slice(0, 500).toWellFormed()
}

function scrub(text: string, actions: readonly Action[]): string {
  let clean = text
  // Most requests carry few people; of larger ones only what looks like an address is known.
  for (const { profile } of actions.slice(0, 20)) {
    for (const value of Object.values(profile.identifiers) as (string | undefined)[]) {
      if (value !== undefined && value.length > 2) clean = clean.replaceAll(value, '[hidden]')
    }
  }
  return clean
    .replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, '[email]')
    .replace(/\+?\d(?:[\s().-]?\d){8,}/g, '[number]')
}
