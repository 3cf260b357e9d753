import { Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import type { AnswerOf } from '../../call.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { useWords } from '../../language.ts'
import { usePageLink } from '../../parts/page-link.ts'
import { Reason, useReasons } from '../../parts/Reason.tsx'
import { words } from '../../words/overview.ts'
import look from './overview.module.css'

type Causes = AnswerOf<'getOverview'>['notSent']

/** Each reason, how often, and what to do about it. */
export function Why({
  title,
  causes,
  none,
}: {
  readonly title: string
  readonly causes: Causes
  /** Said where there is no reason. */
  readonly none: string
}) {
  const say = useWords(words)
  const told = useReasons()
  const { count } = useNumbers()
  const linkTo = usePageLink()
  const id = useId()
  return (
    <section className={look['card']} aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {causes.length === 0 ? (
        <Text c="dimmed" mt="xs" size="sm">
          {none}
        </Text>
      ) : (
        <ul className={look['list']}>
          {causes.map(({ reason, events }) => {
            const address = linkTo('events', { reason })
            return (
              <li key={reason}>
                <div className={look['grow']}>
                  <Reason code={reason} />
                </div>
                {address === undefined ? (
                  <span className={look['count']}>{count(events)}</span>
                ) : (
                  <Link
                    to={address}
                    className={look['count']}
                    aria-label={`${say.events(events, count(events))}: ${told(reason).sentence}`}
                  >
                    {count(events)}
                  </Link>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}
