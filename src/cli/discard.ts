import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import type { Asked, Done, ErrandOptions } from './errand.ts'
import { sentenceOf, tellDone, wantedOf, watch } from './errand.ts'
import { Failure } from './failure.ts'
import { ask, runningServer } from './running.ts'
import { counted, print, printJson } from './terminal.ts'

interface DiscardOptions extends ErrandOptions {
  readonly yes?: true
}

export const discardCommand = new Command('discard')
  .description('Let go of events that failed: they are listed as failed no more')
  .argument('[message-ids...]', 'these events')
  .option('--reason <code>', 'all that failed with this reason, as single_failure')
  .option('--all', 'all that failed')
  .option('--connection <id>', 'of this connection (the first)')
  .option('--dry-run', 'only count them')
  .option('--yes', 'do it: without it, --reason and --all only count')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
They end as discarded, and their bodies are dropped with other events of their age. Until then they can
still be replayed.

Examples:
  tillpost discard msg-7e1a57b8440416f0
  tillpost discard --reason single_failure
  tillpost discard --reason single_failure --yes
`,
  )
  .action(discard)

async function discard(messageIds: readonly string[], options: DiscardOptions): Promise<void> {
  const counts = messageIds.length === 0 && (options.yes !== true || options.dryRun === true)
  const wanted = wantedOf('discard', messageIds, { ...options, ...(counts && { dryRun: true }) })
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const json = options.json === true
  if (messageIds.length > 0) {
    return tellDone(await ask<Done>(url, '/api/discard', wanted), json, 'discarded.')
  }
  const asked = await ask<Asked>(url, '/api/discard', wanted)
  const { run, begun, count } = asked
  if (run === undefined) {
    if (json) printJson(asked)
    else if (count === 0) print('No failed events like that.')
    else print(`${counted(count, 'failed event')} would be let go of. Add --yes to do it.`)
    return
  }
  if (begun === false) {
    throw new Failure(
      'A replay or discard runs already. Wait for it, or end it: tillpost replay --cancel',
    )
  }
  const last = await watch(url, run, options.connection)
  if (json) printJson({ ...asked, run: last })
  else print(sentenceOf(last))
}
