import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import type { Column } from '../DataTable.tsx'
import { useNumbers } from '../Money.tsx'
import { useReasons } from '../Reason.tsx'
import { StatusPill } from '../StatusPill.tsx'
import { useFormatTime, useTimeHint } from '../Time.tsx'
import { useNameOf } from './event-name.ts'
import look from './events.module.css'

export type Line = AnswerOf<'listEvents'>['data'][number]

/**
 * How events stand in a list: on every page the same. A name opens the event beside the list. Plain elements, and
 * what all rows need is asked for once: hundreds of rows are drawn while somebody scrolls.
 */
export function useEventColumns(clock: 'clock' | 'moment'): readonly Column<Line>[] {
  const say = useWords(words)
  const { money } = useNumbers()
  const format = useFormatTime()
  const hint = useTimeHint()
  const told = useReasons()
  const nameOf = useNameOf()
  const search: Readonly<Record<string, string>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const open = (messageId: string) =>
    void navigate({
      to: '.',
      search: (former: object) => ({ ...former, open: messageId }),
      // Whom one looks for stays.
      state: true,
    } as never)
  return [
    {
      key: 'at',
      head: say.time,
      cell: ({ receivedAt }) => (
        <time dateTime={receivedAt} title={hint(receivedAt)}>
          {format(receivedAt, clock)}
        </time>
      ),
      width: clock === 'clock' ? 110 : 165,
    },
    {
      key: 'event',
      head: say.event,
      cell: (line) => {
        const { messageId, test } = line
        const name = nameOf(line)
        return (
          <>
            <a
              className={look['name']}
              title={name}
              href={`?${new URLSearchParams({ ...search, open: messageId }).toString()}`}
              aria-label={say.open(name)}
              onClick={(click) => {
                // A new tab, or a download, is the browser's.
                if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return
                click.preventDefault()
                open(messageId)
              }}
            >
              {name}
            </a>
            {test && <span className={look['test']}>{say.test}</span>}
          </>
        )
      },
    },
    {
      key: 'person',
      head: say.person,
      cell: ({ person: { email, phone, id } }) =>
        (email ?? phone ?? id) === undefined ? (
          <span className={look['quiet']}>({say.anonymous})</span>
        ) : (
          <span className={look['person']} title={email ?? phone ?? id}>
            {email ?? phone ?? id}
          </span>
        ),
      width: '21%',
    },
    {
      key: 'value',
      head: say.value,
      cell: ({ value, currency }) => (value === undefined ? '' : money(value, currency)),
      isNumber: true,
      width: 105,
    },
    {
      key: 'status',
      head: say.status,
      cell: ({ outcome, reason, nextAt, former }) => {
        const why = [
          reason === undefined || reason === 'accepted' ? '' : told(reason).sentence,
          nextAt === undefined ? '' : say.nextTry(format(nextAt, 'clock')),
          former === undefined
            ? ''
            : say.former.short(former.until && format(former.until, 'date')),
        ]
          .join(' ')
          .trim()
        return (
          <span className={look['status']}>
            <StatusPill status={outcome} />
            <span className={look['why']} title={why}>
              {why}
            </span>
          </span>
        )
      },
      width: '35%',
    },
  ]
}
