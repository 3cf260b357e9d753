import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import type { Asked, Done, ErrandOptions, Run } from './errand.ts'
import { sentenceOf, tellDone, waitsLine, wantedOf, watch } from './errand.ts'
import { Failure } from './failure.ts'
import { ask, runningServer } from './running.ts'
import { settled } from './settled.ts'
import { counted, note, print, printJson, yellow } from './terminal.ts'

interface ReplayOptions extends ErrandOptions {
  readonly wait?: true
  readonly cancel?: true
}

export const replayCommand = new Command('replay')
  .description('Deliver again what ended without being accepted, with the settings of now')
  .argument('[message-ids...]', 'these events')
  .option('--reason <code>', 'all that ended with this reason, as klaviyo_rejected')
  .option('--all', 'all that failed')
  .option('--connection <id>', 'of this connection (the first)')
  .option('--dry-run', 'only count them')
  .option('--wait', 'wait until they are settled, and show how far it is')
  .option('--cancel', 'end the replay that runs; what is not under way stays as it was')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
A replayed event keeps its unique id: Klaviyo counts it once, however often it is sent. What goes out more
than a day late is marked as backfill, so that no flow starts. A replay runs at the server, also when the
server is started again in between; Ctrl-C ends the waiting for it, and not the replay.

Examples:
  tillpost replay msg-7e1a57b8440416f0
  tillpost replay --reason klaviyo_rejected --dry-run
  tillpost replay --reason klaviyo_rejected --wait
  tillpost replay --cancel
`,
  )
  .action(replay)

async function replay(messageIds: readonly string[], options: ReplayOptions): Promise<void> {
  const wanted = options.cancel === true ? {} : wantedOf('replay', messageIds, options)
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  if (options.cancel === true) return cancel(url, options)
  const json = options.json === true
  if (messageIds.length > 0) {
    const done = await ask<Done>(url, '/api/replay', wanted)
    if (options.wait === true) await settled(url)
    return tellDone(done, json, 'will be delivered again.')
  }
  const asked = await ask<Asked>(url, '/api/replay', wanted)
  const { run, begun, count } = asked
  if (run === undefined) {
    if (json) printJson(asked)
    else if (asked.says === undefined)
      print(
        `${counted(count, 'event')} ${count === 0 ? 'like that.' : 'would be delivered again.'}`,
      )
    else print(`Nothing is delivered again. ${asked.says}`)
    return
  }
  if (begun === false) note(yellow(`${titleOf(run)} runs already: this one is shown.`))
  const last = options.wait === true ? await watch(url, run, options.connection) : run
  if (json) printJson({ ...asked, run: last })
  else if (last.state !== 'running') print(sentenceOf(last))
  else
    print(
      `${counted(count, 'event')} will be delivered again. \`tillpost failed\` shows how far it is.`,
    )
  if (!json && options.wait !== true && last.waitsFor !== undefined)
    note(yellow(waitsLine(last.waitsFor)))
}

async function cancel(url: string, { connection, json }: ReplayOptions): Promise<void> {
  const query = connection === undefined ? '' : `?connection=${encodeURIComponent(connection)}`
  const { runs } = await ask<{ readonly runs: readonly Run[] }>(url, `/api/runs${query}`)
  const running = runs.find(({ state }) => state === 'running')
  if (running === undefined) throw new Failure('No replay runs.')
  const body = connection === undefined ? {} : { connection }
  const ended = await ask<Run>(url, `/api/runs/${running.id}/cancel`, body)
  if (json === true) printJson(ended)
  else print(sentenceOf(ended))
}

function titleOf({ act, reason }: Run): string {
  const what = act === 'replay' ? 'A replay' : 'A discard'
  return `${what} of ${reason === undefined ? 'all that failed' : `all with the reason ${reason}`}`
}
