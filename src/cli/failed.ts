import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import type { Run } from './errand.ts'
import { sentenceOf } from './errand.ts'
import { ask, runningServer } from './running.ts'
import { bold, count, dim, print, printJson, red } from './terminal.ts'

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

function tell({ total, causes, runs }: Failed): void {
  if (total === 0) print('Nothing has failed.')
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
}
