import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type Secrets, SecretUnreadable } from '../core/index.ts'
import { ConfigurationError } from './environment.ts'

/**
 * AES-256-GCM under a ring of keys. The first key is active, the others still open what was sealed with
 * them, so a new key is put in front, and the old one is taken away once nothing is sealed with it.
 *
 * @param ring keys of 32 bytes in base64, separated by commas or white space
 * @param changed the ring where it is another one by now: a node that shares it has put a new key in front
 */
export function openSecrets(ring: string, changed?: () => string | undefined): Secrets {
  let keys = keysIn(ring)
  const keysNow = () => {
    const text = changed?.()
    if (text !== undefined) keys = keysIn(text)
    return keys
  }
  return secretsOf(keysNow)
}

/** Tells the ring in a file whenever it was written anew. Half a ring is never seen: it is put in place whole. */
export function changesOf(file: string): () => string | undefined {
  let seen = markOf(file)
  return () => {
    const mark = markOf(file)
    if (mark === undefined || mark === seen) return undefined
    seen = mark
    return readFileSync(file, 'utf8')
  }
}

/** Puts a ring in the place of the file's, whole or not at all, power cuts included. */
export function writeKeyFile(file: string, ring: string): void {
  const unfinished = `${file}.new`
  writeFileSync(unfinished, ring, { mode: 0o600, flush: true })
  renameSync(unfinished, file)
  if (process.platform === 'win32') return
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function markOf(file: string): string | undefined {
  const there = statSync(file, { throwIfNoEntry: false })
  return there && `${there.ino} ${there.mtimeMs} ${there.size}`
}

/** Which keys a ring holds, the active one first, by the ids that sealed texts name. */
export function keyIdsIn(ring: string): readonly string[] {
  return readRing(ring).map(({ id }) => id)
}

export function keyIdOf(sealed: string): string {
  return sealed.split('.')[1] ?? ''
}

function keysIn(ring: string): Ring {
  const [active, ...others] = readRing(ring)
  if (active === undefined) {
    throw new ConfigurationError(
      'The key ring (TILLPOST_KEYS, or the file `keys` in the data folder) is empty. Put back the key that it ' +
        'held; where nothing was stored yet, make one: `openssl rand -base64 32`.',
    )
  }
  return [active, ...others]
}

type Ring = readonly [Key, ...Key[]]

function secretsOf(keysNow: () => Ring): Secrets {
  return {
    seal(text, owner) {
      const [active] = keysNow()
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', active.key, nonce).setAAD(Buffer.from(owner))
      const bytes = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return ['v1', active.id, Buffer.concat(bytes).toString('base64url')].join('.')
    },

    open(sealed, owner) {
      const [version, id, content] = sealed.split('.')
      const match = keysNow().find((key) => key.id === id)
      if (version !== 'v1' || content === undefined || match === undefined) {
        throw new SecretUnreadable(
          `A stored secret was encrypted with a key that is not there (${id ?? 'unknown'}). ` +
            'Put that key back into TILLPOST_KEYS or the data folder’s `keys` file.',
        )
      }
      const bytes = Buffer.from(content, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', match.key, bytes.subarray(0, 12), {
          authTagLength: 16,
        })
        decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-16))
        return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw new SecretUnreadable(
          'A stored secret was changed or belongs to something else. Enter it again.',
        )
      }
    },

    isOld: (sealed) => keyIdOf(sealed) !== keysNow()[0].id,
  }
}

/** The ring in the file, which is made at the first start. `made` says that it was just now. */
export function readKeyFile(file: string): { readonly ring: string; readonly made: boolean } {
  const there = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (there !== undefined && there !== '') return { ring: there, made: false }
  const ring = `${randomBytes(32).toString('base64')}\n`
  // `wx`: two first starts at once must not end with two different rings. An empty file is what a start left
  // that died right here: nothing can have been encrypted with it.
  writeFileSync(file, ring, { mode: 0o600, flag: there === undefined ? 'wx' : 'w', flush: true })
  return { ring, made: true }
}

interface Key {
  /** From the key itself, so that a ring is nothing but a list of keys. */
  readonly id: string
  readonly key: Buffer
}

function readRing(ring: string): readonly Key[] {
  return ring
    .split(/[\s,]+/u)
    .filter((text) => text !== '')
    .map((text, index) => {
      const key = Buffer.from(text, 'base64')
      if (key.length !== 32) {
        throw new ConfigurationError(
          `Key ${index + 1} of the key ring has ${key.length} bytes; it must be 32 bytes in base64. ` +
            'Make one with `openssl rand -base64 32`.',
        )
      }
      const id = createHash('sha256').update('tillpost key id').update(key).digest('hex')
      return { id: id.slice(0, 8), key }
    })
}
