import { Text, Title } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { words } from '../../words/overview.ts'
import look from './overview.module.css'

type Metrics = AnswerOf<'getOverview'>['metrics']

/** The most frequent of what Klaviyo accepted, by Klaviyo's names. */
export function TopMetrics({ metrics }: { readonly metrics: Metrics }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const most = metrics[0]?.events ?? 1
  return (
    <section className={look['card']} aria-labelledby="metrics">
      <Title order={2} id="metrics">
        {say.metrics}
      </Title>
      {metrics.length === 0 ? (
        <Text c="dimmed" mt="xs" size="sm">
          {say.noMetrics}
        </Text>
      ) : (
        <ul className={look['bars']}>
          {metrics.map(({ metric, events }) => (
            <li key={metric}>
              <span className={look['barName']}>{metric === '' ? say.otherMetrics : metric}</span>
              <span className={look['barCount']}>{count(events)}</span>
              <span
                className={look['bar']}
                style={{ width: `${Math.max(1, (events / most) * 100)}%` }}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
