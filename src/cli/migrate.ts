import { Command } from 'commander'
import { checkDatabase, migrateData } from '../server/migrate.ts'
import { readEnvironment } from '../server/environment.ts'
import { counted, dim, green, note, print, yellow } from './terminal.ts'

export const migrateCommand = new Command('migrate')
  .description('Bring the database to the version of this program')
  .option('--check', 'only say what is missing')
  .addHelpText(
    'after',
    `
\`tillpost serve\` does the same when it starts, unless it is told --no-migrate. Where several nodes start at once,
one takes the steps and the others wait. Steps only go forward: make a backup before, and keep it until you are
content. Of a PostgreSQL with the extension Citus it also distributes the tables (docs/scaling.md).

Exit code of --check: 0 nothing is missing, 1 something is.

Examples:
  tillpost migrate
  tillpost migrate --check && tillpost serve --no-migrate
`,
  )
  .action(migrate)

async function migrate({ check }: { readonly check?: true }): Promise<void> {
  const environment = readEnvironment(process.env)
  const { version, pending } = await checkDatabase(environment)
  if (pending.length === 0) print(green(`The database is up to date (version ${version}).`))
  if (check === true) {
    if (pending.length === 0) return
    print(
      yellow(`The database is at version ${version} and lacks ${counted(pending.length, 'step')}:`),
    )
    for (const name of pending) print(`  ${name}`)
    print('Run `tillpost migrate` to take them.')
    process.exitCode = 1
    return
  }
  let taken = 0
  // Also when nothing is missing: partitions and distribution may be.
  await migrateData(environment, ({ name }) => {
    taken += 1
    note(dim(`  ${taken}/${Math.max(taken, pending.length)} ${name}`))
  })
  if (taken > 0) print(green(`Took ${counted(taken, 'step')}.`))
}
