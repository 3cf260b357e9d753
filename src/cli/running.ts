import { plain, textsIn } from '../core/index.ts'
import { findPresence } from '../server/presence.ts'
import type { Presence } from '../server/presence.ts'
import { Failure, messageOf } from './failure.ts'

/** The server that runs on this data folder. A `Failure` says how to start one. */
export function runningServer(dataDir: string): Presence {
  const presence = findPresence(dataDir)
  if (presence === undefined) {
    throw new Failure(
      `No Tillpost runs on ${dataDir}. Start it with \`tillpost serve\` (or \`npm start\` for the demo), ` +
        'or name another folder with TILLPOST_DATA.',
    )
  }
  return presence
}

/**
 * Asks the running server; its refusals become a `Failure` in its own words.
 *
 * @param isExact for what is put into a file, not shown
 */
export async function ask<T>(
  url: string,
  path: string,
  body?: unknown,
  isExact = false,
): Promise<T> {
  let response: Response
  try {
    response = await fetch(new URL(path, url), {
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
    })
  } catch (error) {
    throw new Failure(`The server at ${url} does not answer: ${messageOf(error)}.`)
  }
  const text = await response.text()
  if (!response.ok)
    throw new Failure(plain(problemOf(text) ?? `${url} answered ${response.status}: ${text}`))
  const answer: T = JSON.parse(text)
  // What shops and shoppers write must not steer the terminal that shows it: names of fields neither.
  return isExact ? answer : textsIn(answer, plain)
}

/** The sentence of a problem+json answer. */
function problemOf(text: string): string | undefined {
  try {
    const { detail }: { readonly detail?: string } = JSON.parse(text)
    return detail
  } catch {
    return undefined
  }
}
