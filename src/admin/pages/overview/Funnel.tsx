import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { usePageLink } from '../../parts/page-link.ts'
import { useZone } from '../../parts/Zone.tsx'
import { words } from '../../words/overview.ts'
import { dayIn } from '../../zone.ts'
import look from './overview.module.css'

type Overview = AnswerOf<'getOverview'>
type Name = keyof Overview['totals']

const cells: readonly (readonly [
  name: Name,
  icon: IconName,
  page: string,
  search: Readonly<Record<string, string>>,
])[] = [
  ['received', 'down', 'events', {}],
  ['notSent', 'none', 'events', { outcome: 'dropped' }],
  ['waiting', 'clock', 'events', { outcome: 'waiting' }],
  ['failed', 'failed', 'failed', {}],
  ['accepted', 'check', 'events', { outcome: 'accepted' }],
]

/** What arrived, and what became of it: each number leads to its events. */
export function Funnel({
  overview: { totals, before, confirmed, from },
}: {
  readonly overview: Overview
}) {
  const say = useWords(words)
  const { count } = useNumbers()
  const linkTo = usePageLink()
  const zone = useZone().name
  return (
    <ol className={look['funnel']} aria-label={say.funnel}>
      {cells.map(([name, icon, page, search]) => {
        const address = linkTo(
          page,
          page === 'events' ? { ...search, from: dayIn(zone, from) } : search,
        )
        const former = name === 'waiting' ? undefined : before?.[name]
        const body = (
          <>
            <span className={look['cellHead']} data-name={name}>
              <Icon name={icon} size={15} /> {say[name]}
            </span>
            <span className={look['figure']}>{count(totals[name])}</span>
            <Change now={totals[name]} before={former} />
            {name === 'accepted' && confirmed > 0 && (
              <Text size="xs" c="dimmed">
                {say.confirmed(count(confirmed))}
              </Text>
            )}
          </>
        )
        return (
          <li key={name} className={look['cell']}>
            {address === undefined ? (
              <div className={look['cellBody']}>{body}</div>
            ) : (
              <Link to={address} className={look['cellBody']} data-link>
                {body}
              </Link>
            )}
          </li>
        )
      })}
    </ol>
  )
}

function Change({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  const say = useWords(words)
  const { share } = useNumbers()
  if (before === undefined || before === 0) return null
  const change = (now - before) / before
  const text = `${change > 0 ? '+' : ''}${share(Math.round(change * 100) / 100)}`
  return (
    <Text size="xs" c="dimmed" title={say.compared(text)}>
      {say.compared(text)}
    </Text>
  )
}
