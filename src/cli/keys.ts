import { Command } from 'commander'
import type { KeyStanding } from '../core/index.ts'
import { readEnvironment } from '../server/environment.ts'
import { ask, runningServer } from './running.ts'
import { note, print, printJson } from './terminal.ts'

interface Answer {
  readonly keys: readonly (KeyStanding & { readonly missing?: boolean })[]
  readonly made?: boolean
  readonly resealed?: number
  readonly removed?: readonly string[]
}

interface Options {
  readonly json?: true
}

export const keysCommand = new Command('keys')
  .description('Show or change the keys that encrypt what is stored, while the server runs')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  tillpost keys             which keys there are, and how much each encrypts
  tillpost keys rotate      make a new one, and encrypt everything with it
  tillpost keys retire      a minute later: take the old ones away

Backups that were made before need the key of their time: keep it with them.
`,
  )
  .action((options: Options) => show('/api/keys', options))

keysCommand
  .command('rotate')
  .description('Make a new key and encrypt everything with it; finishes one that was interrupted')
  .option('--json', 'print it as JSON')
  .action((options: Options) => show('/api/keys/rotate', options, {}))

keysCommand
  .command('retire')
  .description('Take away the keys that encrypt nothing any more')
  .option('--json', 'print it as JSON')
  .action((options: Options) => show('/api/keys/retire', options, {}))

async function show(path: string, { json }: Options, body?: object): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const answer = await ask<Answer>(url, path, body)
  if (json === true || keysCommand.opts<Options>().json === true) {
    printJson(answer)
    return
  }
  const { made, resealed, removed, keys } = answer
  if (made === true) note('Made a new key. Copy the key file to a safe place.')
  if (made === false) note('An earlier rotation had not come to its end: that one was finished.')
  if (resealed !== undefined) note(`Encrypted anew: ${resealed}`)
  if (removed !== undefined) note(`Taken away: ${removed.join(', ') || 'none, each is in use'}`)
  for (const { id, active, secrets, missing } of keys) {
    const role = active ? 'active' : missing === true ? 'missing' : 'old'
    print(`${id}  ${role.padEnd(7)}  encrypts ${secrets}`)
  }
}
