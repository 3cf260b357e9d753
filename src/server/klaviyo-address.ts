import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from './environment.ts'

/**
 * Where the key of a data folder belongs, when that is not Klaviyo itself: a simulator's key must not go
 * to Klaviyo because somebody left out `KLAVIYO_BASE_URL` at the next start.
 */
export function rememberAddress(dataDir: string, klaviyoUrl: string | undefined): void {
  if (klaviyoUrl === undefined) rmSync(fileIn(dataDir), { force: true })
  else writeFileSync(fileIn(dataDir), `${klaviyoUrl}\n`)
}

/** The environment with the address that `init` was given; what the environment itself says goes before. */
export function withAddress<E extends Pick<Environment, 'dataDir' | 'klaviyoUrl'>>(
  environment: E,
): E {
  if (environment.klaviyoUrl !== undefined) return environment
  try {
    return { ...environment, klaviyoUrl: readFileSync(fileIn(environment.dataDir), 'utf8').trim() }
  } catch {
    return environment
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'klaviyo-address')
}
