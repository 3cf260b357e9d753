import { Badge, Button, Group, Text } from '@mantine/core'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Loading } from '../../parts/Loading.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Section } from '../../parts/Section.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/account.ts'
import { browserOf } from './browser-of.ts'
import look from './sessions.module.css'

type Session = AnswerOf<'listSessions'>['data'][number]

export function Sessions() {
  const say = useWords(words)
  const sessions = useAsk('listSessions')
  const end = useAct('endSession')
  const endOthers = useAct('endOtherSessions')
  const all = sessions.data?.data
  return (
    <Section title={say.sessions} lead={say.sessionsLead}>
      <ProblemNote problem={sessions.error ?? end.error ?? endOthers.error} />
      {all === undefined && sessions.error === null && <Loading rows={3} />}
      <ul className={look['list']}>
        {all?.map((session) => (
          <Line
            key={session.id}
            session={session}
            busy={end.isPending}
            onEnd={() => end.mutate({ params: { sessionId: session.id } })}
          />
        ))}
      </ul>
      {all !== undefined && all.length > 1 && (
        <Button
          mt="md"
          variant="default"
          loading={endOthers.isPending}
          onClick={() => endOthers.mutate({})}
        >
          {say.endOthers}
        </Button>
      )}
    </Section>
  )
}

function Line({
  session: { agent, address, current, seenAt, createdAt },
  busy,
  onEnd,
}: {
  readonly session: Session
  readonly busy: boolean
  readonly onEnd: () => void
}) {
  const say = useWords(words)
  const name = browserOf(agent) ?? say.program
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Text fw={550}>{name}</Text>
            {current && (
              <Badge variant="light" color="green" tt="none" radius="sm">
                {say.here}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {address} · {say.since} <Time at={createdAt} /> · {say.lastSeen}{' '}
            <Time at={seenAt} style="ago" />
          </Text>
        </div>
        {!current && (
          <Button variant="default" size="xs" disabled={busy} onClick={onEnd}>
            {say.end}
          </Button>
        )}
      </Group>
    </li>
  )
}
