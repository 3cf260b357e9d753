import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import { Failure } from './failure.ts'
import { ask, runningServer } from './running.ts'
import { settled } from './settled.ts'
import { counted, note, print, printJson, yellow } from './terminal.ts'

interface ReplayOptions {
  readonly reason?: string
  readonly all?: true
  readonly wait?: true
  readonly json?: true
}

interface Replayed {
  readonly replayed: number
  /** Message ids that name no event. */
  readonly unknown?: readonly string[]
}

export const replayCommand = new Command('replay')
  .description('Deliver again what ended without being accepted, with the settings of now')
  .argument('[message-ids...]', 'these events')
  .option('--reason <code>', 'all that ended with this reason, as klaviyo_rejected')
  .option('--all', 'all that ended as not sent by Klaviyo’s answer, or failed')
  .option('--wait', 'wait until they are settled')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
A replayed event keeps its unique id: Klaviyo counts it once, however often it is sent.

Examples:
  tillpost replay msg-7e1a57b8440416f0
  tillpost replay --reason klaviyo_rejected --wait
  tillpost replay --all
`,
  )
  .action(replay)

async function replay(messageIds: readonly string[], options: ReplayOptions): Promise<void> {
  const wanted = [
    ...(messageIds.length > 0 ? [{ messageIds }] : []),
    ...(options.reason === undefined ? [] : [{ reason: options.reason }]),
    ...(options.all === true ? [{ all: true }] : []),
  ]
  if (wanted.length !== 1) {
    throw new Failure('Say what to replay: message ids, or --reason, or --all.', 2)
  }
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const { replayed, unknown = [] } = await ask<Replayed>(url, '/api/replay', wanted[0])
  if (options.wait === true) await settled(url)
  if (options.json === true) printJson({ replayed, unknown })
  else print(`${counted(replayed, 'event')} will be delivered again.`)
  for (const id of unknown) note(yellow(`There is no event ${id}.`))
  if (unknown.length > 0) process.exitCode = 1
}
