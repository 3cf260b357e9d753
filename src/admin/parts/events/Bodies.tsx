import { Group, Stack, Text } from '@mantine/core'
import { useAsk } from '../../ask.ts'
import { plainIn } from '../../call.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { CopyButton } from '../CopyButton.tsx'
import { Loading } from '../Loading.tsx'
import { ProblemNote } from '../ProblemNote.tsx'
import { Time } from '../Time.tsx'
import look from './events.module.css'
import type { EventLife } from './EventView.tsx'

/** The texts themselves; asked for only when somebody looks. */

function useBodies(messageId: string) {
  return useAsk('getEventBodies', { params: { messageId } })
}

export function Received({ messageId }: { readonly messageId: string }) {
  const { tabs } = useWords(words)
  const { data, error } = useBodies(messageId)
  if (data === undefined) return error === null ? <Loading /> : <ProblemNote problem={error} />
  return <Body label={tabs.received} text={data.received} />
}

export function Sent({ life }: { readonly life: EventLife }) {
  const say = useWords(words)
  const { data, error } = useBodies(life.messageId)
  if (data === undefined) return error === null ? <Loading /> : <ProblemNote problem={error} />
  return (
    <Stack>
      {data.exchanges.map(({ at, path, request }, place) => (
        <Stack gap="xs" key={`${at} ${path}`}>
          <Text size="sm" fw={600} component="div">
            {say.sentThen} · <Time at={at} style="full" /> · <code>{path}</code>
          </Text>
          <Text size="sm" c="dimmed">
            {say.first4} {(life.exchanges[place]?.with ?? 0) > 0 && say.withOthers}
          </Text>
          <Body label={`${say.sentThen} ${at}`} text={request} />
        </Stack>
      ))}
      {data.exchanges.length === 0 && <Text size="sm">{say.nothingSent}</Text>}
      {data.composed !== '[]' && (
        <Stack gap="xs">
          <Text size="sm" fw={600} component="div">
            {say.sentToday}
          </Text>
          <Body label={say.sentToday} text={data.composed} />
        </Stack>
      )}
    </Stack>
  )
}

export function Answered({ life }: { readonly life: EventLife }) {
  const say = useWords(words)
  const { data, error } = useBodies(life.messageId)
  if (data === undefined) return error === null ? <Loading /> : <ProblemNote problem={error} />
  if (data.exchanges.length === 0) return <Text size="sm">{say.noAnswers}</Text>
  return (
    <Stack>
      {data.exchanges.map(({ at, status, response }) => (
        <Stack gap="xs" key={at}>
          <Text size="sm" fw={600} component="div">
            {say.steps.answered(status)} · <Time at={at} style="full" />
          </Text>
          {response === '' ? (
            <Text size="sm" c="dimmed">
              {say.emptyAnswer}
            </Text>
          ) : (
            <Body label={say.steps.answered(status)} text={response} />
          )}
        </Stack>
      ))}
    </Stack>
  )
}

function Body({ label, text }: { readonly label: string; readonly text: string }) {
  const pretty = prettyOf(text)
  return (
    <Stack gap="xs">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
      <pre className={look['body']} tabIndex={0} role="region" aria-label={label}>
        {pretty}
      </pre>
      <Group>
        <CopyButton text={pretty} of={label} />
      </Group>
    </Stack>
  )
}

/** A text that is cut off is shown as it is. */
function prettyOf(text: string): string {
  try {
    return JSON.stringify(plainIn(JSON.parse(text)), null, 2)
  } catch {
    return text
  }
}
