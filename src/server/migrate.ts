import { chmodSync, existsSync } from 'node:fs'
import { checkMigrations, migrateDatabase } from '../db/index.ts'
import { ConfigurationError, databaseFile } from './environment.ts'
import type { Environment } from './environment.ts'
import { makeDataFolder, whatToDo } from './open-data.ts'

type Where = Pick<Environment, 'dataDir' | 'databaseUrl'>

/** Which version the database has, and which steps are missing. Changes nothing. */
export async function checkDatabase(
  where: Where,
): Promise<{ readonly version: number; readonly pending: readonly string[] }> {
  return checkMigrations(placeOf(where)).catch((error: unknown) => {
    throw whatToDo(error, where.dataDir)
  })
}

export async function migrateData(
  where: Where,
  told: (step: { readonly name: string }) => void,
): Promise<void> {
  if (where.databaseUrl === undefined) makeDataFolder(where.dataDir)
  await migrateDatabase(placeOf(where), told).catch((error: unknown) => {
    throw whatToDo(error, where.dataDir)
  })
  const file = databaseFile(where.dataDir)
  if (where.databaseUrl === undefined && existsSync(file)) chmodSync(file, 0o600)
}

/** Throws `ConfigurationError` when something is missing. */
export async function requireMigrated(where: Where): Promise<void> {
  const { version, pending } = await checkDatabase(where)
  if (pending.length === 0) return
  throw new ConfigurationError(
    `The database is at version ${version} and lacks ${pending.join(', ')}. Run \`tillpost migrate\`, or start without --no-migrate.`,
  )
}

function placeOf({
  dataDir,
  databaseUrl,
}: Where): { readonly url: string } | { readonly file: string } {
  return databaseUrl === undefined ? { file: databaseFile(dataDir) } : { url: databaseUrl }
}
