import type { Outcome, ReasonCode } from '../core/index.ts'
import { reasons } from '../core/index.ts'
import { bold, count, dim, green, red, yellow } from './terminal.ts'

type Counts = Readonly<Partial<Record<ReasonCode, number>>>

/** What became of events, by outcome and reason, for people. Refused ones never got into the journal. */
export function summaryLines(counts: Counts, refused: Counts): readonly string[] {
  const accepted = entriesOf(counts, 'accepted', 'confirmed')
  const waiting = entriesOf(counts, 'waiting', 'held', 'retrying', 'retry')
  const dropped = [...entriesOf(counts, 'dropped'), ...entriesOf(refused, 'dropped')]
  const failed = entriesOf(counts, 'dead')
  const total = [accepted, waiting, dropped, failed].map(sumOf)
  const width = Math.max(...total.map((sum) => count(sum).length), 5)
  const head = (sum: number, text: string) => `  ${bold(count(sum).padStart(width))}  ${text}`
  const reasonLines = (entries: readonly Entry[]) =>
    entries
      .toSorted((a, b) => b.number - a.number)
      .map(({ reason, number }) =>
        dim(`  ${' '.repeat(width)}  ${count(number).padStart(width)}  ${firstSentence(reason)}`),
      )
  return [
    head(sumOf(accepted), green('accepted by Klaviyo')),
    ...reasonLines(accepted.filter(({ reason }) => reason === 'accepted_with_note')),
    head(sumOf(waiting), yellow('waiting')),
    ...reasonLines(waiting),
    head(sumOf(dropped), 'not sent'),
    ...reasonLines(dropped),
    head(sumOf(failed), sumOf(failed) === 0 ? 'failed' : red('failed')),
    ...reasonLines(failed),
  ]
}

interface Entry {
  readonly reason: ReasonCode
  readonly number: number
}

function entriesOf(counts: Counts, ...outcomes: readonly Outcome[]): readonly Entry[] {
  return Object.entries(counts)
    .map(([code, number]) => ({ reason: code as ReasonCode, number }))
    .filter(({ reason, number }) => number > 0 && outcomes.includes(reasons[reason].outcome))
}

/** The rest is on the status page: a summary is short. */
function firstSentence(reason: ReasonCode): string {
  const { sentence } = reasons[reason]
  return sentence.split(/(?<=\.) /u, 1)[0] ?? sentence
}

function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { number }) => sum + number, 0)
}
