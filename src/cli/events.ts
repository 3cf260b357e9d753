import { Command } from 'commander'
import type { Outcome } from '../core/index.ts'
import { readEnvironment } from '../server/environment.ts'
import type { ControlEvent, ControlEvents, ControlLife } from './control.ts'
import { Failure } from './failure.ts'
import { outcomeColour, outcomeWord, readOutcome } from './outcome-word.ts'
import { ask, runningServer } from './running.ts'
import { bold, dim, print, printJson, table } from './terminal.ts'

interface EventsOptions {
  readonly limit: string
  readonly outcome?: Outcome
  readonly reason?: string
  readonly person?: string
  readonly before?: string
  readonly json?: true
}

export const eventsCommand = new Command('events')
  .description('List the newest events and what became of them, or show one event’s life')
  .argument('[message-id]', 'show this event: what came, what was sent, what Klaviyo answered')
  .option('--limit <n>', 'so many', '20')
  .option('--outcome <outcome>', 'only these, as held, failed or not-sent', readOutcome)
  .option('--reason <code>', 'only with this reason, as no_identifier')
  .option('--person <who>', 'only of this person: an email address, a phone number or an id')
  .option('--before <seq>', 'older than this one')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  tillpost events
  tillpost events --outcome failed
  tillpost events --person ana@shop.example --limit 100 --json
  tillpost events msg-7e1a57b8440416f0
`,
  )
  .action(events)

async function events(messageId: string | undefined, options: EventsOptions): Promise<void> {
  const { url } = runningServer(readEnvironment(process.env).dataDir)
  if (messageId === undefined) await list(url, options)
  else await show(url, messageId, options)
}

async function list(url: string, options: EventsOptions): Promise<void> {
  const { limit, outcome, reason, person, before, json } = options
  if (!/^[1-9]\d*$/u.test(limit)) throw new Failure('--limit must be a number from 1.', 2)
  const given = { limit, reason, person, before, outcome }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) query.set(name, value)
  }
  const answer = await ask<ControlEvents>(url, `/api/events?${query.toString()}`)
  if (json === true) {
    printJson(answer)
    return
  }
  if (answer.events.length === 0) {
    print('No events like that.')
    return
  }
  print(table(columns, answer.events.map(rowOf)))
  if (answer.next !== undefined) print(dim(`Older ones: --before ${answer.next}`))
}

const columns = [
  { title: 'Seq', align: 'right' },
  { title: 'Received' },
  { title: 'Event' },
  { title: 'Person' },
  { title: 'Status' },
  { title: 'Reason' },
  { title: 'Message id' },
] as const

function rowOf(event: ControlEvent): readonly string[] {
  const { seq, receivedAt, name, person, outcome, reason, former, messageId } = event
  return [
    String(seq),
    receivedAt?.slice(0, 19).replace('T', ' ') ?? '',
    name.slice(0, 30),
    (person ?? 'unknown visitor').slice(0, 36),
    outcomeColour(outcome)(outcomeWord(outcome)),
    [
      reason === undefined || reason === 'accepted' ? '' : reason,
      former === undefined ? '' : `former connection, until ${former.until?.slice(0, 10) ?? '?'}`,
    ]
      .filter((part) => part !== '')
      .join('; '),
    messageId.slice(0, 40),
  ]
}

async function show(url: string, messageId: string, { json }: EventsOptions): Promise<void> {
  const life = await ask<ControlLife>(url, `/api/events/${encodeURIComponent(messageId)}`)
  if (json === true) {
    printJson(life)
    return
  }
  const { name, seq, outcome, sentence, todo, person, exception, attempts } = life
  print(`${bold(name)}  ${outcomeColour(outcome)(outcomeWord(outcome))}`)
  for (const line of [sentence, exception?.detail, todo]) if (line !== undefined) print(`  ${line}`)
  print()
  print(`  Person    ${person ?? 'unknown visitor'}`)
  print(`  Happened  ${life.occurredAt ?? 'at no date of the calendar'}`)
  print(`  Received  ${life.receivedAt ?? ''}, as number ${seq}`)
  if (life.former !== undefined) print(`  Over      ${formerLine(life.former)}`)
  if (exception?.dueAt !== undefined && exception.state !== 'kept') {
    print(`  Next try  ${exception.dueAt}`)
  } else if (life.nextAt !== undefined) print(`  Next try  ${life.nextAt}`)
  section('What came', [JSON.stringify(life.event, undefined, 2)])
  section('What it becomes', life.explanation.lines)
  for (const {
    method,
    path,
    status,
    durationMs,
    actions,
    at,
    request,
    response,
    error,
    notes = [],
  } of attempts) {
    const answer = error ?? `HTTP ${status}`
    section(`${method} ${path}: ${answer}`, [
      dim(`${at ?? ''}, ${Math.round(durationMs)} ms, with ${actions} in one request`),
      ...notes.map((note) => `Note: ${note.sentence}`),
      request,
      response,
    ])
  }
}

function formerLine({ connectionId, until }: NonNullable<ControlEvent['former']>): string {
  const when = until === undefined ? '' : `, until ${until}`
  return `the former connection ${connectionId}${when}; this one was made later`
}

function section(title: string, lines: readonly string[]): void {
  print()
  print(bold(title))
  for (const line of lines) if (line !== '') print(line.replaceAll(/^/gmu, '  '))
}
