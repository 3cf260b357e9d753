import { type Fate, fateOf, type ReasonCode, reasons, type Totals } from '../core/index.ts'
import { bold, count, dim, green, red, yellow } from './terminal.ts'

type Counts = Readonly<Partial<Record<ReasonCode, number>>>

/**
 * What became of events, by the reasons that there are, for people. Refused ones, and those that came again under the
 * same id (`repeated`), never got into the journal.
 */
export function summaryLines(
  totals: Totals,
  counts: Counts,
  refused: Counts,
  repeated = 0,
): readonly string[] {
  const { accepted, notSent, failed, waiting } = totals
  const atTheDoor = sumOf(entriesOf(refused))
  const width = Math.max(
    ...[accepted, notSent, failed, waiting, atTheDoor, repeated].map((sum) => count(sum).length),
    5,
  )
  const head = (sum: number, text: string) => `  ${bold(count(sum).padStart(width))}  ${text}`
  const line = (sum: number, text: string) =>
    dim(`  ${' '.repeat(width)}  ${count(sum).padStart(width)}  ${text}`)
  const linesOf = (entries: readonly Entry[]) =>
    entries
      .toSorted((a, b) => b.number - a.number)
      .map(({ reason, number }) => line(number, firstSentence(reason)))
  const ofFate = (fate: Fate) => entriesOf(counts).filter(({ reason }) => fateOf(reason) === fate)
  const inTurn = waiting - sumOf(ofFate('waiting'))
  return [
    head(accepted, green('accepted by Klaviyo')),
    ...linesOf(ofFate('accepted').filter(({ reason }) => reason === 'accepted_with_note')),
    head(waiting, yellow('waiting')),
    ...(inTurn === 0 ? [] : [line(inTurn, 'Their turn has not come yet.')]),
    ...linesOf(ofFate('waiting')),
    head(notSent, 'not sent'),
    ...linesOf(ofFate('not_sent')),
    head(failed, failed === 0 ? 'failed' : red('failed')),
    ...linesOf(ofFate('failed')),
    ...(atTheDoor === 0 ? [] : [head(atTheDoor, 'refused at the door: no events')]),
    ...linesOf(entriesOf(refused)),
    ...(repeated > 0 ? [head(repeated, 'came twice, and counted once')] : []),
  ]
}

interface Entry {
  readonly reason: ReasonCode
  readonly number: number
}

function entriesOf(counts: Counts): readonly Entry[] {
  return Object.entries(counts)
    .map(([code, number]) => ({ reason: code as ReasonCode, number }))
    .filter(({ number }) => number > 0)
}

/** The rest is on the status page: a summary is short. */
function firstSentence(reason: ReasonCode): string {
  const { sentence } = reasons[reason]
  return sentence.split(/(?<=\.) /u, 1)[0] ?? sentence
}

function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { number }) => sum + number, 0)
}
