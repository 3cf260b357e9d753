#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { ConfigurationError } from '../server/environment.ts'
import { configCommand } from './config.ts'
import { demoCommand } from './demo.ts'
import { discardCommand } from './discard.ts'
import { eventsCommand } from './events.ts'
import { explainCommand } from './explain.ts'
import { failedCommand } from './failed.ts'
import { Failure } from './failure.ts'
import { importConfigCommand } from './import-config.ts'
import { initCommand } from './init.ts'
import { keysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { resetLinkCommand } from './reset-link.ts'
import { replayCommand } from './replay.ts'
import { sendCommand } from './send.ts'
import { serveCommand } from './serve.ts'
import { simulatorCommand } from './simulator.ts'
import { statusCommand } from './status.ts'
import { note, red } from './terminal.ts'

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

const program = new Command('tillpost')
  .description(
    'Carries what happens in online shops to Klaviyo, and says what became of each event.',
  )
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(red(text)) })
  .showHelpAfterError('Run it with --help to see how it is used.')
  .addHelpText(
    'after',
    `
Environment:
  TILLPOST_DATA        folder for the database and keys (./data)
  DATABASE_URL         a PostgreSQL database instead, which several nodes may share (postgres://…)
  TILLPOST_HOST        address to listen on (127.0.0.1)
  TILLPOST_PORT        port to listen on (4400, or the next free one)
  TILLPOST_KEYS        keys that encrypt what is stored, the active one first (file keys in the data folder)
  TILLPOST_KEYS_FILE   the same in a file, which nodes may share (keys in the data folder)
  TILLPOST_PUBLIC_URL  where people reach this server, for the links in invitations (where it listens)
  TILLPOST_TRUSTED_PROXIES  networks of proxies in front of it, as 10.0.0.0/8 (none)
  TILLPOST_LOG         silent, error, warn, info or debug (info)
  TILLPOST_OIDC_ISSUER, TILLPOST_OIDC_CLIENT_ID, TILLPOST_OIDC_CLIENT_SECRET, TILLPOST_OIDC_NAME
                       an identity provider by which members may sign in, and its name on the button
  TILLPOST_SUPPORT     an email address or a page, shown where connecting fails
  KLAVIYO_CLIENT_ID, KLAVIYO_CLIENT_SECRET
                       the app at Klaviyo by which stores are connected
  KLAVIYO_PRIVATE_KEY  the key that \`init\` stores, encrypted
  KLAVIYO_BASE_URL     another address than Klaviyo's, for a simulator

Exit codes: 0 it worked, 1 it failed, 2 it was called wrongly.
`,
  )

for (const command of [
  initCommand,
  serveCommand,
  demoCommand,
  sendCommand,
  explainCommand,
  statusCommand,
  eventsCommand,
  failedCommand,
  replayCommand,
  discardCommand,
  resetLinkCommand,
  keysCommand,
  configCommand,
  importConfigCommand,
  migrateCommand,
  simulatorCommand,
]) {
  program.addCommand(command.copyInheritedSettings(program))
  for (const part of command.commands) part.copyInheritedSettings(command)
}

// Whoever reads our output may have seen enough (`tillpost events | head`): that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message by now; asking for help is no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Failure) {
    note(red(error.message))
    return error.exitCode
  }
  if (error instanceof ConfigurationError) {
    note(red(error.message))
    return 2
  }
  // A bug, or a machine that misbehaves: the stack is what helps then.
  note(red(error instanceof Error ? (error.stack ?? error.message) : String(error)))
  return 1
}
