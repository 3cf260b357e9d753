import { text as textOf } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import type { EventType, Explanation, Identifiers, PresetName } from '../core/index.ts'
import { explainEvent, idOf, plain, presets, textsIn } from '../core/index.ts'
import { readEnvironment } from '../server/environment.ts'
import { kit } from '../server/kit.ts'
import { previewConnection } from '../server/preview.ts'
import { inputOf } from './event-lines.ts'
import { Failure, messageOf } from './failure.ts'
import { bold, dim, green, print, printJson, red, yellow } from './terminal.ts'

interface ExplainOptions {
  readonly preset?: PresetName
  readonly json?: true
}

export const explainCommand = new Command('explain')
  .description('Show what would be sent to Klaviyo for an event, or why not. Sends nothing')
  .argument('<file>', 'a file with one event, a JSON array or one event a line; - for stdin')
  .addOption(
    new Option(
      '--preset <preset>',
      'with this preset instead of the connection’s settings',
    ).choices(Object.keys(presets)),
  )
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
Uses the settings of the connection in the data folder; without one, the preset storefront. Of several events
the later ones know what the earlier ones said of the shopper, as they would when they arrive. What has
no type is read as the body of a call to /v1/track, or to /v1/identify where it has traits and no event.

Exit code 1 when nothing of it is an event that would be taken, as with send; an event that would be taken and not
sent is explained, which is no failure.

Examples:
  tillpost explain event.json
  echo '{"type":"track","event":"Product Added","userId":"7","properties":{"price":9}}' | tillpost explain -
  tillpost explain examples/shopping-day.jsonl --json
`,
  )
  .action(explain)

/** What earlier events said, by the ids that later ones repeat. */
type Remembered = Map<string, Identifiers>

async function explain(file: string, options: ExplainOptions): Promise<void> {
  const events = readEvents(await textOf(inputOf(file)))
  const connection = await previewConnection(readEnvironment(process.env), options.preset)
  const { country } = connection.store
  const remembered: Remembered = new Map()
  const explanations = events.map((event, index) => {
    const type = impliedType(event)
    const explanation = explainEvent(event, connection, {
      ...(type === undefined ? {} : { type }),
      kit,
      receivedAt: Date.now(),
      newId: () => `line-${index + 1}`,
      maxBytes: 1_000_000,
      known: knownOf(event, remembered),
      ...(country === undefined ? {} : { storeCountry: country }),
    })
    if (explanation.event !== undefined) remember(explanation.event.identifiers, remembered)
    const told = type === undefined ? explanation : withNote(explanation, type)
    return textsIn(told, plain)
  })
  if (explanations.every(({ outcome }) => outcome === 'refused')) process.exitCode = 1
  if (options.json === true) {
    printJson(explanations.length === 1 ? explanations[0] : explanations)
    return
  }
  for (const [index, explanation] of explanations.entries()) {
    if (index > 0) print()
    tell(explanation, events[index])
  }
}

/** One object, an array of them, or one a line. */
function readEvents(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : [value]
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    if (lines.length < 2) throw new Failure(`That is no JSON: ${messageOf(error)}`)
    return lines.map(readLine)
  }
}

function readLine(line: string, index: number): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Failure(`Line ${index + 1} is no JSON: ${messageOf(error)}`)
  }
}

/** What is sent to `/v1/track` or `/v1/identify` needs no type, and may be handed over as it is. */
function impliedType(event: unknown): EventType | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  const { type, event: name, traits } = event as Readonly<Record<string, unknown>>
  if (type !== undefined && type !== null) return undefined
  if (name !== undefined) return 'track'
  return traits === undefined ? undefined : 'identify'
}

function withNote(explanation: Explanation, type: EventType): Explanation {
  const note = `Note: It has no type: read as ${type}, as if sent to /v1/${type}.`
  return { ...explanation, lines: [...explanation.lines, note] }
}

function knownOf(event: unknown, remembered: Remembered): Identifiers {
  if (typeof event !== 'object' || event === null) return {}
  const userId = 'userId' in event ? idOf(event.userId) : undefined
  const anonymousId = 'anonymousId' in event ? idOf(event.anonymousId) : undefined
  return { ...remembered.get(`anonymous ${anonymousId}`), ...remembered.get(`user ${userId}`) }
}

function remember(identifiers: Identifiers, remembered: Remembered): void {
  const { externalId, anonymousId } = identifiers
  const { anonymousId: _, ...person } = identifiers
  if (externalId !== undefined) remembered.set(`user ${externalId}`, person)
  if (anonymousId !== undefined && Object.keys(person).length > 0) {
    remembered.set(`anonymous ${anonymousId}`, person)
  }
}

function tell({ outcome, event, lines, actions }: Explanation, raw: unknown): void {
  const name = event?.name ?? plain(rawName(raw))
  print(`${bold(name)}  ${colours[outcome](outcome === 'send' ? 'is sent' : outcome)}`)
  for (const line of lines) print(`  ${line}`)
  for (const action of actions) {
    const text = JSON.stringify(action, undefined, 2)
    print(dim(text.replaceAll(/^/gmu, '    ')))
  }
}

const colours = { send: green, wait: yellow, 'not sent': yellow, refused: red } as const

function rawName(raw: unknown): string {
  if (typeof raw !== 'object' || raw === null) return 'event'
  if ('event' in raw && typeof raw.event === 'string') return raw.event
  return 'type' in raw && typeof raw.type === 'string' ? raw.type : 'event'
}
