import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where the running server of a data folder can be reached: a small file beside the database, so that the
 * command line finds it on whatever port it is.
 */
export interface Presence {
  readonly url: string
  readonly pid: number
  /** The first source's, for `tillpost send`. Write keys are public; the file is its owner's all the same. */
  readonly writeKey?: string
}

export function announce(dataDir: string, presence: Presence): void {
  writeFileSync(fileIn(dataDir), `${JSON.stringify(presence)}\n`, { mode: 0o600 })
}

export function withdraw(dataDir: string): void {
  if (findPresence(dataDir)?.pid === process.pid) rmSync(fileIn(dataDir), { force: true })
}

/** Undefined: no server has announced itself there, or it is gone without a goodbye. */
export function findPresence(dataDir: string): Presence | undefined {
  try {
    const presence: Presence = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'))
    return isAlive(presence.pid) ? presence : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process: it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'server.json')
}
