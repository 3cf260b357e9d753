import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import { boundHeap } from '../server/heap.ts'
import { withAddress } from '../server/klaviyo-address.ts'
import { requireMigrated } from '../server/migrate.ts'
import { readRoles } from '../server/roles.ts'
import { startServer } from '../server/start.ts'
import { readDemoMark } from './demo-mark.ts'
import { Failure } from './failure.ts'
import { interrupted } from './interrupt.ts'
import { note } from './terminal.ts'

export const serveCommand = new Command('serve')
  .description('Receive events and deliver them to Klaviyo, until it is stopped')
  .addHelpText(
    'after',
    `
Writes its log to stdout, one JSON record a line. Ctrl-C or SIGTERM stops it: what is under way is finished
first, which takes up to 10 seconds; a second Ctrl-C stops it at once. Nothing that was taken is lost either way.

Nodes that share a PostgreSQL database may do different things: with --roles=http one only receives, with
--roles=delivery it only delivers. Each answers /livez, /readyz and /metrics.

Examples:
  tillpost serve
  TILLPOST_DATA=/var/lib/tillpost TILLPOST_PORT=8080 tillpost serve
`,
  )
  .option('--roles <list>', 'what this node does: http, delivery, or both')
  .option('--no-migrate', 'refuse to start when the database lacks a step; see `tillpost migrate`')
  .action(serve)

interface Options {
  readonly roles?: string
  readonly migrate: boolean
}

async function serve({ roles, migrate }: Options): Promise<void> {
  const stop = interrupted()
  const given = readEnvironment(process.env)
  const environment = withAddress(given)
  if (readDemoMark(environment.dataDir) !== undefined) {
    throw new Failure(
      `${environment.dataDir} holds the demo, whose keys Klaviyo does not know. Run it with \`npm start\`, ` +
        'or choose another folder with TILLPOST_DATA.',
    )
  }
  if (environment.klaviyoUrl !== undefined && given.klaviyoUrl === undefined) {
    note(`Events go to ${environment.klaviyoUrl}, as init was told.`)
  }
  if (!migrate) await requireMigrated(environment)
  boundHeap()
  const server = await startServer({
    environment,
    roles: readRoles(roles, environment.databaseUrl),
    notice: (line) => note(line),
  })
  if ((await server.config.connections()).length === 0) {
    note(
      'There is no connection to Klaviyo yet. Make one on the admin pages, or stop this and run `tillpost init`.',
    )
  }
  note(`Tillpost is at ${server.url} (Ctrl-C stops it)`)
  const link = await server.ownerLink()
  if (link !== undefined) {
    note(`Nobody can sign in yet. Make the first member, within a day: ${link}`)
  }
  await stop
  note('Stopping: finishing what is under way.')
  await server.stop()
  // What a request to Klaviyo still holds open is not waited for: it is sent again, and counts once.
  process.exit(0)
}
