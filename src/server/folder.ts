import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, for this user alone. Level by level: Node's recursive way never ends
 * under a folder that says of what is made in it that it does not exist, as `/proc` does.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  let there = folder
  while (statSync(there, { throwIfNoEntry: false }) === undefined && dirname(there) !== there) {
    missing.unshift(there)
    there = dirname(there)
  }
  if (!statSync(there).isDirectory()) {
    throw Object.assign(new Error(`${there} is no folder`), { code: 'ENOTDIR' })
  }
  accessSync(there, constants.W_OK)
  for (const path of missing) makeLevel(path)
}

function makeLevel(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another start made it in between.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
