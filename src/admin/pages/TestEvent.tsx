import {
  Alert,
  Autocomplete,
  Button,
  Code,
  Group,
  JsonInput,
  List,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Outcome } from '../../core/reason.ts'
import { useAct, useAsk } from '../ask.ts'
import type { AnswerOf } from '../call.ts'
import { useWords } from '../language.ts'
import { useNumbers } from '../parts/Money.tsx'
import { toPage } from '../parts/to-page.ts'
import { NotConnected } from '../parts/NotConnected.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Prose } from '../parts/Prose.tsx'
import { Reason } from '../parts/Reason.tsx'
import { Panel } from '../parts/Panel.tsx'
import { StatusPill } from '../parts/StatusPill.tsx'
import { useTell } from '../parts/tell.ts'
import { Time } from '../parts/Time.tsx'
import { useConnection, useConnections, useFilters, useMe, useWorkspaceId } from '../place.ts'
import { metricNames } from '../words/metric-names.ts'
import { words } from '../words/test-event.ts'

type Preview = AnswerOf<'previewTestEvent'>

/** Until Klaviyo has it, or it is over. */
const underWay: ReadonlySet<string> = new Set(['waiting', 'sending', 'retrying', 'held', 'retry'])

/** S38–S40: choose, edit, see what it becomes, send, follow, and find it in Klaviyo. */
export function TestEvent() {
  const say = useWords(words)
  const connections = useConnections()
  const connection = useConnection()
  const own = useMe().data?.member?.email ?? ''
  const [metric, setMetric] = useState('Placed Order')
  const [email, setEmail] = useState<string>()
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [{ message }, setFilters] = useFilters(['message'])
  const preview = useAct('previewTestEvent', {
    onDone: ({ event }) => setText(JSON.stringify(event, undefined, 2)),
  })
  const send = useAct('sendTestEvent', {
    onDone: ({ messageId }) => setFilters({ message: messageId }),
  })
  const address = (email ?? own).trim()
  /** The example, or what was made of it by hand. Undefined: it cannot be read. */
  const bodyOf = () => {
    if (text.trim() === '') return { metric, email: address }
    const event = objectIn(text)
    setWrong(event === undefined)
    return event === undefined
      ? undefined
      : { event, ...(address === '' ? {} : { email: address }) }
  }
  const doWith = (act: typeof preview | typeof send) => {
    const body = bodyOf()
    if (body === undefined) return
    // What the other button was told is of before.
    ;(act === send ? preview : send).reset()
    act.mutate({ body })
  }
  if (
    connections.data !== undefined &&
    (connection === undefined || connection.state === 'disconnected')
  ) {
    return (
      <>
        <PageHead title={say.title} lead={say.lead} />
        <NotConnected icon="test" say={say} />
      </>
    )
  }
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <Stack gap="lg" maw={920}>
        <Panel title={say.metric}>
          <Group align="flex-end" gap="md">
            <Autocomplete
              label={say.metric}
              data={metricNames}
              value={metric}
              w={{ base: '100%', sm: 300 }}
              onChange={(value) => {
                setMetric(value)
                // Another event is another example.
                setText('')
              }}
            />
            <TextInput
              type="email"
              label={say.email}
              description={say.emailMore}
              value={email ?? own}
              w={{ base: '100%', sm: 420 }}
              onChange={({ currentTarget: { value } }) => setEmail(value)}
            />
          </Group>
          {text !== '' && (
            <JsonInput
              label={say.edit}
              description={say.editMore}
              value={text}
              autosize
              minRows={6}
              maxRows={24}
              {...(isWrong ? { error: say.notJson } : {})}
              onChange={(value) => {
                setText(value)
                setWrong(false)
              }}
            />
          )}
          <ProblemNote problem={send.error ?? preview.error} />
          <Group gap="sm">
            <Button variant="default" loading={preview.isPending} onClick={() => doWith(preview)}>
              {say.preview}
            </Button>
            <Button loading={send.isPending} onClick={() => doWith(send)}>
              {say.send}
            </Button>
          </Group>
        </Panel>
        {preview.data !== undefined && <Becomes preview={preview.data} />}
        {message !== undefined && <Follow messageId={message} />}
      </Stack>
    </>
  )
}

function Becomes({ preview }: { readonly preview: Preview }) {
  const say = useWords(words)
  const tell = useTell()
  return (
    <Panel title={say.becomes}>
      <Alert color={preview.outcome === 'send' ? 'green' : 'orange'} variant="light" role="status">
        <Text fw={600}>{say.outcomes[preview.outcome]}</Text>
        {preview.lines.map((line) => (
          <Text key={line} size="sm">
            <Prose text={tell(line)} />
          </Text>
        ))}
      </Alert>
      {preview.actions.length > 0 && (
        <details>
          <summary>{say.request}</summary>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
          <Code block tabIndex={0} role="region" aria-label={say.request}>
            {JSON.stringify(preview.actions, undefined, 2)}
          </Code>
        </details>
      )}
    </Panel>
  )
}

function Follow({ messageId }: { readonly messageId: string }) {
  const say = useWords(words)
  const { duration } = useNumbers()
  const tell = useTell()
  const workspaceId = useWorkspaceId() ?? ''
  const params = { messageId }
  const life = useAsk('getEvent', { params }, { everyMs: 1_500 })
  const find = useAct('findEvent')
  const { data } = life
  if (data === undefined) return <ProblemNote problem={life.error} />
  const isOver = !underWay.has(data.outcome)
  return (
    <Panel
      title={say.follow}
      lead={
        <>
          {say.messageId} <Code>{messageId}</Code>
        </>
      }
      actions={
        <Button
          variant="default"
          loading={find.isPending}
          disabled={!isOver}
          onClick={() => find.mutate({ params })}
        >
          {say.look}
        </Button>
      }
    >
      <Group gap="sm" role="status">
        <Text fw={600}>{data.name}</Text>
        <StatusPill status={data.outcome as Outcome} />
        <Time at={data.receivedAt} style="clock" isAlone />
      </Group>
      {data.reason !== undefined && <Reason code={data.reason} says={data.says} />}
      {data.exchanges.length > 0 && (
        <div>
          <Text size="sm" fw={550}>
            {say.exchanges}
          </Text>
          <List size="sm">
            {data.exchanges.map(({ at, path, status, durationMs, said, error }) => (
              <List.Item key={at + path}>
                <Time at={at} style="clock" /> · {path} · {status === 0 ? (error ?? '') : status} ·{' '}
                {duration(durationMs)} {said}
              </List.Item>
            ))}
          </List>
        </div>
      )}
      <ProblemNote problem={find.error} />
      {find.data !== undefined && (
        <Alert
          color={find.data.state === 'found' ? 'green' : 'orange'}
          variant="light"
          role="status"
        >
          <Text fw={600}>{tell(find.data.says)}</Text>
          {find.data.todo !== undefined && <Text size="sm">{tell(find.data.todo)}</Text>}
        </Alert>
      )}
      {(data.outcome === 'dropped' || data.outcome === 'dead') && (
        <Group>
          <Button
            size="xs"
            variant="default"
            component={Link}
            {...toPage(workspaceId, 'diagnose', { what: data.name, asked: 'yes' })}
          >
            {say.diagnose}
          </Button>
        </Group>
      )}
    </Panel>
  )
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
