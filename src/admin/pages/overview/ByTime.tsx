import { Button, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { useFormatTime } from '../../parts/Time.tsx'
import { words } from '../../words/overview.ts'
import { Chart } from './Chart.tsx'
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

function SeriesTable({ overview: { series, step } }: { readonly overview: Overview }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const format = useFormatTime()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys
    <div className={look['tableScroll']} tabIndex={0} role="region" aria-label={say.chart}>
      <table className={look['table']}>
        <caption className={look['hidden']}>{say.chart}</caption>
        <thead>
          <tr>
            <th scope="col">{say.time}</th>
            <th scope="col">{say.accepted}</th>
            <th scope="col">{say.notSent}</th>
            <th scope="col">{say.failed}</th>
            <th scope="col">{say.waiting}</th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ at, accepted, notSent, failed, waiting }) => (
            <tr key={at}>
              <th scope="row">{format(at, step === 'day' ? 'date' : 'short')}</th>
              <td>{count(accepted)}</td>
              <td>{count(notSent)}</td>
              <td>{count(failed)}</td>
              <td>{count(waiting)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
