import { Alert, Badge, Button, Divider, Group, Stack, Tabs, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useMay, useWorkspace } from '../../place.ts'
import { addressOfPage } from '../../routes.tsx'
import { words } from '../../words/events.ts'
import { CopyButton } from '../CopyButton.tsx'
import { Empty } from '../Empty.tsx'
import { Icon } from '../Icon.tsx'
import { Loading } from '../Loading.tsx'
import { useNumbers } from '../Money.tsx'
import { ProblemNote } from '../ProblemNote.tsx'
import { Reason } from '../Reason.tsx'
import { StatusPill } from '../StatusPill.tsx'
import { Ways } from '../Ways.tsx'
import { useTell } from '../tell.ts'
import { Answered, Received, Sent } from './Bodies.tsx'
import { ByFormer } from './ByFormer.tsx'
import look from './events.module.css'
import { Facts } from './Facts.tsx'
import { Life } from './Life.tsx'
import { Reveal } from './Reveal.tsx'
import { Tries } from './Tries.tsx'

export type EventLife = AnswerOf<'getEvent'>

/** One event: what became of it and why, step by step; what came, what went, what was answered. */
export function EventView({ messageId }: { readonly messageId: string }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const may = useMay()
  const tell = useTell()
  const workspaceId = useWorkspace()?.id
  const asked = useAsk('getEvent', { params: { messageId } }, { everyMs: 5000 })
  const [tab, setTab] = useState<string | null>('summary')
  const again = useAct('replayEvent', {
    onDone: ({ replayed }) =>
      notifications.show({ message: replayed ? say.againDone : say.againWaits, color: 'green' }),
  })
  const find = useAct('findEvent')
  if (asked.error !== null)
    return asked.error.status === 404 ? (
      <Empty icon="event" title={say.notThere}>
        {say.notThereMore}
      </Empty>
    ) : (
      <ProblemNote problem={asked.error} onRetry={() => void asked.refetch()} />
    )
  if (asked.data === undefined) return <Loading />
  const life = asked.data
  const { outcome, reason, former, test, exchanges } = life
  const isTaken = outcome === 'accepted' || outcome === 'confirmed'
  // What came before the connection, it does not send.
  const isOwn = former === undefined && reason !== 'before_go_live'
  const mayGoAgain = isOwn && (outcome === 'dropped' || outcome === 'dead' || outcome === 'retry')
  const refused = exchanges.findLast(({ status }) => status >= 400)
  const isSent = life.mapped.events.length > 0
  return (
    <Stack gap="md">
      <Stack gap="xs">
        <Group gap="sm">
          <StatusPill status={outcome as never} />
          {test && (
            <Badge variant="light" color="gray" tt="none">
              {say.test}
            </Badge>
          )}
        </Group>
        {reason === undefined ? (
          <Text size="sm">{say.waits}</Text>
        ) : (
          <Reason code={reason} withTodo={outcome !== 'accepted' && former === undefined} />
        )}
        {former !== undefined && (
          <ByFormer former={former} messageId={messageId} isLost={!isTaken} />
        )}
        {reason !== undefined && isOwn && !isTaken && <Ways code={reason} path={refused?.path} />}
      </Stack>
      <Group gap="xs">
        <CopyButton text={linkTo(workspaceId ?? '', messageId)} label={say.copyLink} />
        {mayGoAgain && may('replayEvent') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="sync" size={14} />}
            loading={again.isPending}
            onClick={() => again.mutate({ params: { messageId } })}
          >
            {say.again}
          </Button>
        )}
        {isSent && may('findEvent') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="diagnose" size={14} />}
            loading={find.isPending}
            onClick={() => find.mutate({ params: { messageId } })}
          >
            {say.find}
          </Button>
        )}
        {workspaceId !== undefined && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="person" size={14} />}
            component={Link}
            to={addressOfPage(workspaceId, 'shoppers')}
            search={{ event: messageId } as never}
          >
            {say.timeline}
          </Button>
        )}
      </Group>
      <ProblemNote problem={again.error ?? find.error} />
      {find.data !== undefined && (
        <Alert
          role="status"
          variant="light"
          color={find.data.state === 'found' ? 'green' : 'orange'}
          p="xs"
        >
          <Text size="sm">{tell(find.data.says)}</Text>
          {find.data.todo !== undefined && <Text size="sm">{tell(find.data.todo)}</Text>}
        </Alert>
      )}
      <Reveal event={messageId} />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md" className={look['tabs']}>
          <Tabs.Tab value="summary">{say.tabs.summary}</Tabs.Tab>
          <Tabs.Tab value="received">{say.tabs.received}</Tabs.Tab>
          <Tabs.Tab value="sent">{say.tabs.sent}</Tabs.Tab>
          <Tabs.Tab value="answered">{say.tabs.answered}</Tabs.Tab>
          <Tabs.Tab value="tries">{say.tabs.tries(count(exchanges.length))}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="summary">
          <Stack gap="lg">
            <Life life={life} />
            <Divider />
            <Facts life={life} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="received">
          <Received messageId={messageId} />
        </Tabs.Panel>
        <Tabs.Panel value="sent">
          <Sent life={life} />
        </Tabs.Panel>
        <Tabs.Panel value="answered">
          <Answered life={life} />
        </Tabs.Panel>
        <Tabs.Panel value="tries">
          <Tries life={life} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

/** The way to one event: it holds nothing of the person. */
function linkTo(workspaceId: string, messageId: string): string {
  const connection = new URLSearchParams(location.search).get('connection')
  const search = connection === null ? '' : `?connection=${encodeURIComponent(connection)}`
  return `${location.origin}${addressOfPage(workspaceId, 'event', { messageId })}${search}`
}
