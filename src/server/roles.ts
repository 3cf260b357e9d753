import { ConfigurationError } from './environment.ts'

/** What a node does: take events in, run accounts. */
export type Role = 'http' | 'delivery'

export const allRoles: ReadonlySet<Role> = new Set<Role>(['http', 'delivery'])

/**
 * Reads `http,delivery`. Throws `ConfigurationError` on what is none, and where one process has to do
 * everything.
 */
export function readRoles(given: string | undefined, databaseUrl: string | undefined) {
  if (given === undefined) return allRoles
  const names = given.split(',').map((name) => name.trim())
  const roles = new Set<Role>()
  for (const name of names) {
    if (name === 'sync') {
      throw new ConfigurationError(
        'There is nothing yet that a node with the role sync would do: leave it out of --roles.',
      )
    }
    if (name !== 'http' && name !== 'delivery') {
      throw new ConfigurationError(
        `--roles is ${JSON.stringify(given)}; it must be http, delivery, or both with a comma between them.`,
      )
    }
    roles.add(name)
  }
  if (databaseUrl === undefined && roles.size < allRoles.size) {
    throw new ConfigurationError(
      'One process has an SQLite file to itself, and does everything: leave out --roles, or name a PostgreSQL ' +
        'database in DATABASE_URL that several nodes share.',
    )
  }
  return roles
}
