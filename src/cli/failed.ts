import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import type { Run } from './errand.ts'
import { doneOf, sentenceOf, waitsLine } from './errand.ts'
import { ask, runningServer } from './running.ts'
import { bold, count, counted, dim, print, printJson, red, yellow } from './terminal.ts'

interface Failed {
  readonly total: number
  readonly causes: readonly {
    readonly reason: string
    readonly count: number
    readonly sentence: string
    readonly todo: string
    readonly newest: readonly {
      readonly messageId: string
      readonly tries: number
      readonly lastAt?: string
      readonly detail?: string
    }[]
  }[]
  /** Newest first. */
  readonly runs: readonly Run[]
  /** What failed over the store's connections that were disconnected. */
  readonly former: readonly { readonly connectionId: string; readonly events: number }[]
}

export const failedCommand = new Command('failed')
  .description('Show what failed and is kept, by cause, and what is done about it')
  .option('--connection <id>', 'of this connection (the first)')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  tillpost failed
  tillpost failed --json | jq '.causes[] | {reason, count}'
`,
  )
  .action(failed)

async function failed(options: {
  readonly connection?: string
  readonly json?: true
}): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const { connection, json } = options
  const query = connection === undefined ? '' : `?connection=${encodeURIComponent(connection)}`
  const answer = await ask<Failed>(url, `/api/failed${query}`)
  if (json === true) printJson(answer)
  else tell(answer)
}

function tell({ total, causes, runs, former }: Failed): void {
  const running = runs.find(({ act, state }) => act === 'replay' && state === 'running')
  for (const { connectionId, events } of former) {
    print(`${counted(events, 'event')} failed over a former connection:`)
    print(dim(`  tillpost failed --connection ${connectionId}`))
  }
  const here = former.length === 0 ? '' : ' over this connection'
  if (total === 0 && running === undefined) print(`Nothing has failed${here}.`)
  if (total === 0 && running !== undefined)
    print(
      `${counted(running.total - doneOf(running), 'event')} that had failed: sent again just now.`,
    )
  for (const { reason, count: number, sentence, todo, newest } of causes) {
    print(`${red(count(number))}  ${bold(reason)}: ${sentence}`)
    print(`  ${todo}`)
    for (const { messageId, tries, lastAt, detail } of newest) {
      const after = `${lastAt ?? ''}, after ${count(tries)} ${tries === 1 ? 'try' : 'tries'}`
      print(
        `  ${messageId}  ${dim(after)}${detail === undefined ? '' : `  ${detail.slice(0, 160)}`}`,
      )
    }
    print(dim(`  tillpost replay --reason ${reason}`))
    print()
  }
  const [last] = runs
  if (last === undefined) return
  const what = last.act === 'replay' ? 'Replay' : 'Discard'
  const of = last.reason === undefined ? 'all that failed' : last.reason
  const done = `${count(last.taken)} of ${count(last.total)} taken`
  print(`${what} of ${of}, ${last.state}: ${done}. ${sentenceOf(last)}`)
  if (last.waitsFor !== undefined) print(yellow(waitsLine(last.waitsFor)))
}
