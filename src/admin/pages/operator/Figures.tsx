import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/operator.ts'
import look from './operator.module.css'

/** The installation in five numbers. */
export function Figures({
  installation: { workspaces, connections, broken, perHour, perHourSince, waiting, oldestAt },
}: {
  readonly installation: AnswerOf<'getInstallation'>
}) {
  const say = useWords(words)
  const { count } = useNumbers()
  return (
    <dl className={look['figures']}>
      <Figure name={say.workspaces} value={count(workspaces)} />
      <Figure name={say.connections} value={count(connections)} />
      <Figure name={say.broken} value={count(broken)} />
      <Figure name={say.perHour} value={count(perHour)}>
        <Text size="xs" c="dimmed" component="div">
          {say.average} <Time at={perHourSince} style="hour" />
        </Text>
      </Figure>
      <Figure name={say.waiting} value={count(waiting)}>
        {oldestAt !== undefined && (
          <Text size="xs" c="dimmed" component="div">
            {say.oldest} <Time at={oldestAt} style="ago" />
          </Text>
        )}
      </Figure>
    </dl>
  )
}

function Figure({
  name,
  value,
  children,
}: {
  readonly name: string
  readonly value: string
  readonly children?: ReactNode
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className={look['figure']}>{value}</span>
        {children}
      </dd>
    </div>
  )
}
