import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { useFormatTime } from '../../parts/Time.tsx'
import { words } from '../../words/overview.ts'
import look from './chart.module.css'

type Overview = AnswerOf<'getOverview'>
type Point = Overview['series'][number]

/** From the ground up. */
const kinds = ['accepted', 'waiting', 'notSent', 'failed'] as const

/** Bars by time. Drawn by hand: a library for charts weighs as much as half of all the rest. */
export function Chart({ series, step }: Pick<Overview, 'series' | 'step'>) {
  const say = useWords(words)
  const { count } = useNumbers()
  const format = useFormatTime()
  const ticks = ticksFor(Math.max(...series.map(sumOf), 0))
  const most = ticks.at(-1) ?? 1
  const every = Math.ceil(series.length / 8)
  // Shown by the style sheet: dozens of tooltips are the slowest part of the first page.
  const toldOf = (point: Point) =>
    [
      format(point.at, step === 'day' ? 'date' : 'short'),
      ...kinds
        .filter((kind) => point[kind] > 0)
        .map((kind) => `${say[kind]}: ${count(point[kind])}`),
    ].join('\n')
  return (
    <div className={look['chart']} role="img" aria-label={say.chartLabel}>
      <div className={look['plot']}>
        {ticks.map((tick) => (
          <div key={tick} className={look['line']} style={{ bottom: `${(tick / most) * 100}%` }}>
            <span>{count(tick)}</span>
          </div>
        ))}
        <div className={look['bars']}>
          {series.map((point, index) => (
            <div
              key={point.at}
              className={look['column']}
              data-side={index < series.length / 2 ? 'start' : 'end'}
              data-told={toldOf(point)}
            >
              {kinds.toReversed().map((kind) => (
                <div
                  key={kind}
                  className={look[kind]}
                  style={{ height: `${(point[kind] / most) * 100}%` }}
                />
              ))}
              {index % every === 0 && (
                <span className={look['when']} data-odd={(index / every) % 2 === 1 || undefined}>
                  {format(point.at, step)}
                </span>
              )}
            </div>
          ))}
        </div>
      </div>
      <ul className={look['legend']}>
        {kinds.map((kind) => (
          <li key={kind}>
            <span className={look[kind]} />
            {say[kind]}
          </li>
        ))}
      </ul>
    </div>
  )
}

function sumOf({ accepted, waiting, notSent, failed }: Point): number {
  return accepted + waiting + notSent + failed
}

/** 0 and up to four whole numbers above it, round ones, the last of them not below `most`. */
function ticksFor(most: number): readonly number[] {
  const rough = Math.max(1, most / 4)
  const power = 10 ** Math.floor(Math.log10(rough))
  const size = Math.ceil([1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 1)
  const lines = Math.max(1, Math.ceil(most / size))
  return Array.from({ length: lines + 1 }, (_, index) => index * size)
}
