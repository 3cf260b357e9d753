import { text as textOf } from 'node:stream/consumers'
import { Command } from 'commander'
import type { Json } from '../core/index.ts'
import { settingsOfRudderStack } from '../core/index.ts'
import { readEnvironment } from '../server/environment.ts'
import type { ControlStatus } from './control.ts'
import { inputOf } from './event-lines.ts'
import { Failure, messageOf } from './failure.ts'
import { ask, runningServer } from './running.ts'
import { bold, green, note, print, printJson, yellow } from './terminal.ts'

interface ImportOptions {
  readonly connection?: string
  readonly apply?: true
  readonly json?: true
}

export const importConfigCommand = new Command('import-config')
  .description('Take over the settings of RudderStack’s Klaviyo destination')
  .argument('<file>', 'its JSON, as RudderStack’s API gives it; - for stdin')
  .option('--apply', 'change the running server’s connection; without it, nothing is changed')
  .option('--connection <id>', 'which, where there are several')
  .option('--json', 'print the settings as JSON')
  .addHelpText(
    'after',
    `
Start the connection with the preset stream (tillpost init --preset stream): it treats events as RudderStack does.
Keys are not taken over.

Examples:
  tillpost import-config destination.json
  tillpost import-config destination.json --apply
`,
  )
  .action(importConfig)

async function importConfig(file: string, options: ImportOptions): Promise<void> {
  const imported = settingsOfRudderStack(readJson(await textOf(inputOf(file))))
  if (imported === undefined) {
    throw new Failure('That holds no settings of a RudderStack Klaviyo destination.')
  }
  const { settings, notes } = imported
  if (options.apply === true) {
    const { url } = runningServer(readEnvironment(process.env).dataDir)
    const id = await connectionFor(url, options.connection)
    await ask(url, `/api/connections/${encodeURIComponent(id)}/settings`, settings)
    note(green(`Changed the settings of ${id}.`))
  }
  if (options.json === true) printJson(settings)
  else {
    print(bold(options.apply === true ? 'Taken over' : 'Would be taken over (--apply does it)'))
    for (const [name, value] of Object.entries(settings)) {
      print(`  ${name}: ${JSON.stringify(value)}`)
    }
  }
  for (const line of notes) note(yellow(line))
}

async function connectionFor(url: string, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) return wanted
  const { connections } = await ask<ControlStatus>(url, '/api/status')
  const [only, ...others] = connections
  if (only === undefined) throw new Failure('There is no connection. Make one: tillpost init')
  if (others.length === 0) return only.id
  const ids = connections.map(({ id, store }) => `  ${id}  ${store}`)
  throw new Failure(
    `There are several connections. Name one with --connection:\n${ids.join('\n')}`,
    2,
  )
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new Failure(`That is no JSON: ${messageOf(error)}`)
  }
}
