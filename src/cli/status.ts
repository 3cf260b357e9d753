import { Command } from 'commander'
import { readEnvironment } from '../server/environment.ts'
import type { ConnectionStatus, ControlStatus } from './control.ts'
import { ask, runningServer } from './running.ts'
import { summaryLines } from './summary.ts'
import {
  ago,
  bold,
  count,
  counted,
  cyan,
  dim,
  green,
  print,
  printJson,
  red,
  yellow,
} from './terminal.ts'

export const statusCommand = new Command('status')
  .description('Show how each connection of the running server is doing')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Exit code 1 when a connection needs a person: its state is ERROR.

Examples:
  tillpost status
  tillpost status --json | jq '.connections[].totals.waiting'
`,
  )
  .action(status)

async function status({ json }: { readonly json?: true }): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  const answer = await ask<ControlStatus>(url, '/api/status')
  const needsSomebody = answer.connections.some(({ state }) => state === 'ERROR')
  if (json === true) printJson({ url, ...answer })
  else tell(url, answer)
  if (needsSomebody) process.exitCode = 1
}

function tell(url: string, { connections, refused, nodes }: ControlStatus): void {
  print(`Tillpost runs at ${cyan(url)}`)
  if (nodes.delivering === 0)
    print(red('No node delivers: start one with `tillpost serve --roles=delivery`.'))
  else if (nodes.alive > 1) print(`${nodes.alive} nodes, ${nodes.delivering} of them deliver.`)
  if (connections.length === 0)
    print('There is no connection yet: stop it and run `tillpost init`.')
  for (const [index, connection] of connections.entries()) {
    print()
    tellConnection(connection)
    // What was refused came to the workspace, before any connection.
    const { totals, counts } = connection
    for (const line of summaryLines(totals, counts, index === 0 ? refused : {})) print(line)
  }
}

function tellConnection(connection: ConnectionStatus): void {
  const { store, account, state, sentence, todo, detail, toSend, perMinute } = connection
  const now = Date.now()
  const since = (at: string) => ago(Date.parse(at), now)
  const colour = state === 'connected' ? green : state === 'ERROR' ? red : yellow
  print(`${bold(store)} to Klaviyo account ${bold(account ?? 'unknown')}: ${colour(state)}`)
  for (const line of [sentence, detail, todo]) if (line !== undefined) print(`  ${line}`)
  const oldest =
    connection.oldestAt === undefined ? '' : `, the oldest came ${since(connection.oldestAt)}`
  print(`  To send       ${counted(toSend, 'event')}${oldest}`)
  print(`  Last minute   ${counted(perMinute, 'event')} dealt with`)
  if (connection.nextAt !== undefined) print(`  Next try      ${connection.nextAt}`)
  if (connection.lastSuccessAt !== undefined) {
    print(`  Last success  ${since(connection.lastSuccessAt)}`)
  }
  if (connection.lastError !== undefined) {
    const { at, status: code, text } = connection.lastError
    const when = at === undefined ? '' : `${since(at)}: `
    print(`  Last error    ${when}HTTP ${code} ${dim(detailOf(text))}`)
  }
  if (connection.failedDeleted !== undefined) {
    const { afterMs, from } = connection.failedDeleted
    const start = from === undefined ? 'a day after the log says so' : from
    print(
      yellow(`  Failed events are deleted after ${count(afterMs / 3_600_000)} h, from ${start}`),
    )
  }
  if (connection.since !== undefined) print(`  Live since    ${connection.since}`)
  if (connection.until !== undefined) print(`  Live until    ${connection.until}`)
  print()
}

/** What Klaviyo said, without the frame around it. */
function detailOf(text: string): string {
  const detail = /"detail":\s*("(?:[^"\\]|\\.)*")/u.exec(text)?.[1]
  return detail === undefined ? text.slice(0, 160) : String(JSON.parse(detail))
}
