import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Access,
  type Carts,
  type Journal,
  JournalUnavailable,
  type Secrets,
  type Setup,
  type Watch,
} from '../core/index.ts'
import { DatabaseInUse, DatabaseNewer, openJournal } from '../db/index.ts'
import type { Opened } from '../db/index.ts'
import { ConfigurationError, databaseFile } from './environment.ts'
import type { Environment } from './environment.ts'
import { makeFolder } from './folder.ts'
import { findPresence } from './presence.ts'
import { changesOf, openSecrets, readKeyFile } from './secrets.ts'

/** Everything that is kept, open. One process at a time may hold it, unless it is in PostgreSQL. */
export interface Data {
  readonly journal: Journal
  readonly config: Setup
  readonly access: Access
  readonly carts: Carts
  readonly watch: Watch
  readonly secrets: Secrets
  close(): Promise<void>
}

/** @param notice is told what an operator should know, as that a key file was made */
export async function openData(
  environment: Pick<Environment, 'dataDir' | 'databaseUrl' | 'keys' | 'keysFile'>,
  notice: (line: string) => void,
): Promise<Data> {
  const { dataDir, databaseUrl, keys } = environment
  makeDataFolder(dataDir)
  const file = keysFileOf(environment)
  const secrets =
    keys === undefined
      ? openSecrets(ringOf(dataDir, file, notice), changesOf(file))
      : openSecrets(keys)
  if (databaseUrl !== undefined) return { ...(await openServer(databaseUrl)), secrets }
  const database = await openFile(dataDir)
  // Shoppers' data: nobody else's to read, whatever the umask says.
  chmodSync(databaseFile(dataDir), 0o600)
  return { ...database, secrets }
}

/** Throws `ConfigurationError` when it cannot be made, or not be written to. */
export function makeDataFolder(dataDir: string): void {
  onDisk(dataDir, () => makeFolder(dataDir))
}

async function openServer(url: string): Promise<Opened> {
  try {
    return await openJournal({ url })
  } catch (error) {
    throw whatToDo(error)
  }
}

async function openFile(dataDir: string): Promise<Opened> {
  try {
    return await openJournal({ file: databaseFile(dataDir) })
  } catch (error) {
    throw whatToDo(error, dataDir)
  }
}

/** Of what the database says, what an operator can put right, as a `ConfigurationError`. */
export function whatToDo(error: unknown, dataDir?: string): unknown {
  if (error instanceof DatabaseNewer || error instanceof JournalUnavailable)
    return new ConfigurationError(error.message)
  if (!(error instanceof DatabaseInUse) || dataDir === undefined) return error
  const running = findPresence(dataDir)
  const where = running === undefined ? '' : `, at ${running.url} (process ${running.pid})`
  return new ConfigurationError(
    `Tillpost is running on ${dataDir} already${where}. Stop that one first.`,
  )
}

export function keysFileOf({
  dataDir,
  keysFile = join(dataDir, 'keys'),
}: Pick<Environment, 'dataDir' | 'keysFile'>): string {
  return keysFile
}

function ringOf(dataDir: string, file: string, notice: (line: string) => void): string {
  const { ring, made } = onDisk(dataDir, () => readKeyFile(file))
  if (made) {
    notice(`Made ${file}: it encrypts the stored Klaviyo keys. Keep a copy in a safe place.`)
  }
  return ring
}

/** What the disk refuses is no bug: says which folder it is, and what to do. */
function onDisk<T>(dataDir: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw new ConfigurationError(
      `${dataDir} cannot be used to keep data in (${String(error.code)}). Make it a folder that this user ` +
        'may write to, on a disk with room, or choose another one with TILLPOST_DATA.',
    )
  }
}
