import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Clock, KeyRing, KeyStanding, Secrets, Setup } from '../core/index.ts'
import { ownerOf, SecretUnreadable } from '../core/index.ts'
import { keyIdOf, keyIdsIn, writeKeyFile } from './secrets.ts'

interface Parts {
  readonly config: Vault
  readonly secrets: Secrets
  readonly clock: Clock
  /** Undefined: the ring stands in the environment. */
  readonly file: string | undefined
  /** Of the environment. */
  readonly ring: string | undefined
}

type Vault = Pick<Setup, 'sealed' | 'reseal'>

/** A node looks at the file whenever it encrypts; what it began before is over by then. */
const settleMs = 60_000

/**
 * Keys are changed while everything runs. The ring is written first, with the old keys behind the new one, so
 * that at every moment all that is kept can be opened; how far it has come stands in the texts themselves,
 * each of which names its key. Whoever dies in the middle leaves nothing to mend: the next start, or the
 * next `rotate`, goes on.
 */
export function openKeyRing({ config, secrets, clock, file, ring }: Parts): KeyRing {
  const read = () => ring ?? (file === undefined ? '' : readFileSync(file, 'utf8'))

  return {
    async standing() {
      const ids = keyIdsIn(read())
      const counts = await countsOf(config)
      return [
        ...ids.map((id, place): KeyStanding => ({
          id,
          active: place === 0,
          secrets: counts.get(id) ?? 0,
        })),
        ...[...counts]
          .filter(([id]) => !ids.includes(id))
          .map(([id, count]) => ({ id, active: false, secrets: count, missing: true })),
      ]
    },

    async rotate() {
      if (file === undefined || ring !== undefined) return undefined
      const behind = await isBehind(config, secrets)
      if (!behind) writeKeyFile(file, `${randomBytes(32).toString('base64')}\n${read().trim()}\n`)
      return { made: !behind, resealed: await resealAll(config, secrets) }
    },

    async retire() {
      if (file === undefined || ring !== undefined) return undefined
      const text = read()
      const [active, ...others] = keyIdsIn(text)
      const counts = await countsOf(config)
      const unused = others.filter((id) => !counts.has(id) && id !== active)
      if (unused.length === 0) return { removed: [], tooSoon: false }
      if (clock.now() - statSync(file).mtimeMs < settleMs) return { removed: [], tooSoon: true }
      const kept = text
        .split(/[\s,]+/u)
        .filter((key) => key !== '' && !unused.includes(keyIdsIn(key)[0]!))
      writeKeyFile(file, `${kept.join('\n')}\n`)
      return { removed: unused, tooSoon: false }
    },
  }
}

/**
 * Everything under the active key. What changes meanwhile (tokens that are refreshed) was encrypted with it
 * anyway and stays; what no key opens is left as it is. Returns how many were encrypted anew.
 */
export async function resealAll(config: Vault, secrets: Secrets): Promise<number> {
  let count = 0
  for (const kept of await config.sealed()) {
    if (!secrets.isOld(kept.text)) continue
    const owner = ownerOf(kept)
    const text = opened(secrets, kept.text, owner)
    if (text !== undefined && (await config.reseal(kept, secrets.seal(text, owner)))) count += 1
  }
  return count
}

async function isBehind(config: Vault, secrets: Secrets): Promise<boolean> {
  return (await config.sealed()).some(
    (kept) => secrets.isOld(kept.text) && opened(secrets, kept.text, ownerOf(kept)) !== undefined,
  )
}

async function countsOf(config: Vault): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { text } of await config.sealed()) {
    const id = keyIdOf(text)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

function opened(secrets: Secrets, sealed: string, owner: string): string | undefined {
  try {
    return secrets.open(sealed, owner)
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined
    throw error
  }
}
