import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import { eventLines } from './event-lines.ts'
import { Failure } from './failure.ts'
import { postEvents } from './post-events.ts'
import type { LineProblem, NumberedEvent, Target } from './post-events.ts'
import { startProgress } from './progress.ts'
import { runningServer } from './running.ts'
import { settled } from './settled.ts'
import { counted, note, print, printJson, yellow } from './terminal.ts'

interface SendOptions {
  readonly url?: string
  readonly writeKey?: string
  readonly wait?: true
  readonly strict?: true
  readonly json?: true
}

export const sendCommand = new Command('send')
  .description('Send the events of a JSONL file (one JSON object a line) to the running server')
  .argument('<file>', 'the file, or - for stdin')
  .option('--url <url>', 'the server, if it is not the one of the data folder')
  .option('--write-key <key>', 'the source, if it is not the first one of the data folder')
  .option('--wait', 'wait until what was sent is settled')
  .option('--strict', 'exit 1 when a line was no event')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
Lines that are no event are named on stderr and passed over. An event without a messageId gets one made
from its line, so that the same file sent again counts once.

Examples:
  tillpost send examples/shopping-day.jsonl
  tillpost send orders.jsonl --wait
  zcat events.jsonl.gz | tillpost send -
  tillpost send events.jsonl --url https://events.shop.example --write-key wk_…
`,
  )
  .action(send)

async function send(file: string, options: SendOptions): Promise<void> {
  const target = targetOf(options)
  const total = file === '-' ? undefined : await countEvents(file)
  const progress =
    total === undefined ? undefined : startProgress({ label: 'Sending', total, unit: 'events' })
  const bad: LineProblem[] = []
  const posted = await postEvents(target, goodEvents(file, bad), (through) => progress?.at(through))
  progress?.end()
  const { taken, refused } = posted
  const problems = [...bad, ...posted.problems].toSorted((a, b) => a.line - b.line)
  const problemCount = bad.length + refused
  for (const { line, problem } of problems) note(yellow(`Line ${line}: ${problem}`))
  if (problemCount > problems.length) note(yellow(`… and ${problemCount - problems.length} more.`))
  if (options.wait === true) await settled(target.url)
  if (options.json === true) printJson({ taken, refused: problemCount, problems })
  else print(summaryOf(taken, problemCount))
  if (taken === 0 || (options.strict === true && problemCount > 0)) process.exitCode = 1
}

function targetOf({ url, writeKey }: SendOptions): Target {
  if (url !== undefined) {
    if (!URL.canParse(url)) throw new Failure(`--url is ${url}; it must be an address.`, 2)
    if (writeKey === undefined) throw new Failure('--url needs --write-key with it.', 2)
    return { url, writeKey }
  }
  const server = runningServer(readEnvironment(process.env).dataDir)
  const key = writeKey ?? server.writeKey
  if (key === undefined) {
    throw new Failure('There is no source to send to yet. Make one with `tillpost init`.')
  }
  return { url: server.url, writeKey: key }
}

async function* goodEvents(file: string, bad: LineProblem[]): AsyncGenerator<NumberedEvent> {
  for await (const line of eventLines(file)) {
    if (line.type === 'event') yield line
    else bad.push({ line: line.number, problem: line.problem })
  }
}

async function countEvents(file: string): Promise<number> {
  let total = 0
  for await (const line of eventLines(file)) if (line.type === 'event') total += 1
  return total
}

function summaryOf(taken: number, problems: number): string {
  const sent = `The server took ${counted(taken, 'event')}.`
  return problems === 0 ? sent : `${sent} ${counted(problems, 'line')} could not be taken.`
}
