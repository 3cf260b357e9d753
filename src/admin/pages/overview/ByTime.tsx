import { Button, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { useFormatTime } from '../../parts/Time.tsx'
import { words } from '../../words/overview.ts'
import { Chart } from './Chart.tsx'
import parts from '../../parts/parts.module.css'
import look from './overview.module.css'

type Overview = AnswerOf<'getOverview'>

/** By hour or day, as bars or as a table. */
export function ByTime({ overview }: { readonly overview: Overview }) {
  const say = useWords(words)
  const { duration } = useNumbers()
  const [isTable, setIsTable] = useState(false)
  const { delay } = overview
  return (
    <section className={look['card']} aria-labelledby="by-time">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} id="by-time">
            {say.chart}
          </Title>
          {delay !== undefined && (
            <Text size="sm" c="dimmed">
              {say.delay(duration(delay.typicalMs), duration(delay.slowMs))}
            </Text>
          )}
        </div>
        <Button
          variant="default"
          size="xs"
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? say.asChart : say.asTable}
        </Button>
      </Group>
      {isTable ? (
        <SeriesTable overview={overview} />
      ) : (
        <Chart series={overview.series} step={overview.step} />
      )}
    </section>
  )
}

const kinds = ['accepted', 'notSent', 'failed', 'waiting'] as const

function SeriesTable({ overview: { series, step } }: { readonly overview: Overview }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const format = useFormatTime()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys
    <div
      className={`${parts['scroll']} ${look['series']}`}
      tabIndex={0}
      role="region"
      aria-label={say.chart}
    >
      {/* On a phone each row is a card, which without its roles would be no row any more. */}
      <table className={parts['table']} data-stacks role="table" aria-label={say.chart}>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {say.time}
            </th>
            {kinds.map((kind) => (
              <th key={kind} scope="col" role="columnheader" className={parts['number']}>
                {say[kind]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {series.map((point) => (
            <tr key={point.at} role="row">
              <td role="rowheader" data-label={say.time}>
                {format(point.at, step === 'day' ? 'date' : 'short')}
              </td>
              {kinds.map((kind) => (
                <td key={kind} role="cell" data-label={say[kind]} className={parts['number']}>
                  {count(point[kind])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
