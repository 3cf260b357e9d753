import { text as textOf } from 'node:stream/consumers'
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { ImportStep } from '../core/index.ts'
import { readEnvironment } from '../server/environment.ts'
import { inputOf } from './event-lines.ts'
import { Failure, messageOf } from './failure.ts'
import { ask, runningServer } from './running.ts'
import { bold, green, note, print, printJson, yellow } from './terminal.ts'

interface Options {
  readonly workspace?: string
  readonly plan?: true
  readonly json?: true
}

const exportCommand = new Command('export')
  .description('Write all that is set up as one file, without secrets')
  .argument('[file]', 'where to; without it, it is printed')
  .option('--workspace <id>', 'which, where there are several')
  .action(exportConfiguration)

const importCommand = new Command('import')
  .description(
    'Bring a file’s configuration in: nothing is taken away, what is there already is left',
  )
  .argument('<file>', 'as export writes it; - for stdin')
  .option('--workspace <id>', 'which, where there are several')
  .option('--plan', 'only say what would be done')
  .option('--json', 'print the steps as JSON')
  .action(importConfiguration)

export const configCommand = new Command('config')
  .description('Take the configuration out as one file, or bring one in')
  .addHelpText(
    'after',
    `
Keys are not in the file: connect each Klaviyo account where you import it, then import.

Examples:
  tillpost config export shop.json
  tillpost config import shop.json --plan
  tillpost config import shop.json
`,
  )
  .addCommand(exportCommand)
  .addCommand(importCommand)

async function exportConfiguration(file: string | undefined, options: Options): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const configuration = await ask<object>(
    url,
    `/api/configuration${queryOf(options)}`,
    undefined,
    true,
  )
  const text = `${JSON.stringify(configuration, null, 2)}\n`
  if (file === undefined) process.stdout.write(text)
  else {
    await writeFile(file, text)
    note(green(`Written to ${file}. Keys are not in it.`))
  }
}

async function importConfiguration(file: string, options: Options): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const body = jsonIn(await textOf(inputOf(file)))
  const step = options.plan === true ? '/plan' : ''
  const path = `/api/configuration${step}${queryOf(options)}`
  const { data } = await ask<{ readonly data: readonly ImportStep[] }>(url, path, body)
  if (options.json === true) return printJson(data)
  print(bold(options.plan === true ? 'Would be done (without --plan it is)' : 'Done'))
  for (const { what, does, name, changes, todo } of data) {
    print(`  ${words[does]}  ${what}  ${name}`)
    for (const { field, from, to } of changes) {
      print(`      ${field}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`)
    }
    if (todo !== undefined) note(yellow(`      ${todo}`))
  }
}

const words = {
  add: 'make   ',
  change: 'change ',
  leave: 'leave  ',
  blocked: 'not yet',
} as const satisfies Readonly<Record<ImportStep['does'], string>>

function queryOf({ workspace }: Options): string {
  return workspace === undefined ? '' : `?workspace=${encodeURIComponent(workspace)}`
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(`That is no JSON: ${messageOf(error)}`)
  }
}
