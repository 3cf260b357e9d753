import { readEnvironment } from '../../src/server/environment.ts'
import { readRoles } from '../../src/server/roles.ts'
import { startServer } from '../../src/server/start.ts'

/** A node as `tillpost serve` starts it, with a lease that lasts as long as the test says. */
const environment = readEnvironment(process.env)
const server = await startServer({
  environment,
  leaseMs: Number(process.env['LEASE_MS']),
  roles: readRoles(process.env['ROLES'], environment.databaseUrl),
})
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
console.log(`Serving at ${server.url}`)
