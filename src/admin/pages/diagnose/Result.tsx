import { Alert, Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { ByFormer } from '../../parts/events/ByFormer.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { toPage } from '../../parts/to-page.ts'
import { Panel } from '../../parts/Panel.tsx'
import { Prose } from '../../parts/Prose.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { StatusPill } from '../../parts/StatusPill.tsx'
import { useTell } from '../../parts/tell.ts'
import { Time } from '../../parts/Time.tsx'
import { useWorkspaceId } from '../../place.ts'
import { addressOfPage, type PageName } from '../../routes.tsx'
import { words } from '../../words/diagnose.ts'

type Found = AnswerOf<'diagnose'>
type Step = Found['steps'][number]

/** Where each step is put right. */
const fixes: Readonly<Record<Step['step'], PageName>> = {
  flag: 'connection',
  connected: 'connection',
  consumer: 'connection',
  switch: 'send',
  received: 'stores',
  person: 'connection',
  outcome: 'syncs',
  doubles: 'connection',
}

/** The answer, the steps that led to it, and what was found; down to the first stop. */
export function Result({
  found,
  connectionId,
  onMeant,
}: {
  readonly found: Found
  readonly connectionId: string
  /** Another name was meant. */
  readonly onMeant: (what: string) => void
}) {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const stop = found.steps.findIndex(({ result }) => result === 'failed')
  const stopped = found.steps[stop]
  const told = stopped ?? found.steps.find(({ step }) => step === 'outcome')
  const isThere = told?.result === 'ok'
  const reasonOf = useReasons()
  const tell = useTell()
  const [newest] = found.events
  const isOfEvent = told?.step === 'outcome'
  return (
    <>
      <Alert
        color={isThere ? 'green' : stopped === undefined ? 'blue' : 'orange'}
        variant="light"
        role="status"
        title={say.answer}
        icon={<Icon name={isThere ? 'check' : stopped === undefined ? 'clock' : 'failed'} />}
      >
        <Stack gap="xs" align="flex-start">
          <Text fw={600}>
            <Prose text={tell(found.answer)} /> {told !== undefined && <Moment step={told} />}
          </Text>
          {found.todo !== undefined && (
            <Text size="sm">
              <Prose text={tell(found.todo)} />
            </Text>
          )}
          {isOfEvent && newest?.former !== undefined && (
            <ByFormer former={newest.former} messageId={newest.messageId} isLost={!isThere} />
          )}
          {found.near.length > 0 && (
            <Group gap="xs">
              {found.near.map((name) => (
                <Button key={name} size="xs" variant="default" onClick={() => onMeant(name)}>
                  {say.lookFor(name)}
                </Button>
              ))}
            </Group>
          )}
          <Group gap="xs">
            {stopped?.step === 'outcome' && newest !== undefined ? (
              <Button
                size="xs"
                component={Link}
                to={addressOfPage(workspaceId, 'event', { messageId: newest.messageId })}
              >
                {say.openEvent}
              </Button>
            ) : stopped !== undefined && found.near.length === 0 ? (
              <Button
                size="xs"
                component={Link}
                {...toPage(workspaceId, fixes[stopped.step], { connection: connectionId })}
              >
                {say.fix}: {say.fixes[stopped.step]}
              </Button>
            ) : null}
            <CopyButton text={reportOf(found, say.names, tell)} label={say.copy} />
          </Group>
        </Stack>
      </Alert>
      <Panel title={say.steps}>
        <Stack component="ol" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
          {found.steps.map((step, place) => (
            <li key={step.step}>
              <OneStep step={step} isStop={place === stop} />
            </li>
          ))}
        </Stack>
      </Panel>
      {found.events.length > 0 && (
        <Panel title={say.events}>
          <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
            {found.events.map(({ messageId, name, occurredAt, outcome, reason, former }) => (
              <li key={messageId}>
                <Group gap="xs">
                  <Anchor
                    component={Link}
                    size="sm"
                    to={addressOfPage(workspaceId, 'event', { messageId })}
                  >
                    {name}
                  </Anchor>
                  <Text size="sm" c="dimmed" component="div">
                    <Time at={occurredAt} style="full" />
                  </Text>
                  <StatusPill status={outcome} />
                  {reason !== undefined && outcome !== 'accepted' && (
                    <Text size="sm" c="dimmed">
                      {reasonOf(reason).sentence}
                    </Text>
                  )}
                  {former !== undefined && <ByFormer former={former} messageId={messageId} />}
                </Group>
              </li>
            ))}
          </Stack>
        </Panel>
      )}
    </>
  )
}

const signs = {
  ok: { icon: 'check', color: 'green' },
  failed: { icon: 'cross', color: 'red' },
  unknown: { icon: 'none', color: 'dimmed' },
  warning: { icon: 'failed', color: 'orange' },
} as const

function OneStep({ step, isStop }: { readonly step: Step; readonly isStop: boolean }) {
  const say = useWords(words)
  const tell = useTell()
  const { icon, color } = signs[step.result]
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Text c={color} span>
        <Icon name={icon} size={18} />
      </Text>
      <div>
        <Group gap="xs">
          <Text fw={600}>{say.names[step.step]}</Text>
          <Text size="sm" c="dimmed">
            {say.results[step.result]}
          </Text>
          {isStop && (
            <Badge variant="light" color="orange" tt="none" radius="sm">
              {say.first}
            </Badge>
          )}
        </Group>
        <Text size="sm">
          <Prose text={tell(step.says)} /> <Moment step={step} />
        </Text>
        {step.todo !== undefined && step.result !== 'ok' && (
          <Text size="sm" c="dimmed">
            <Prose text={tell(step.todo)} />
          </Text>
        )}
      </div>
    </Group>
  )
}

/** What the step's sentence speaks of. */
function Moment({ step: { step, result, at } }: { readonly step: Step }) {
  const say = useWords(words)
  if (at === undefined) return null
  const before =
    step === 'connected'
      ? say.moments[result === 'ok' ? 'connected' : 'ended']
      : step === 'received'
        ? say.moments.received
        : say.moments.next
  return (
    <span>
      {before} <Time at={at} style="full" />.
    </span>
  )
}

/** Holds nobody's address: what was asked is left out. */
function reportOf(
  { answer, steps, events }: Found,
  names: Readonly<Record<string, string>>,
  tell: (text: string) => string,
): string {
  return [
    tell(answer),
    '',
    ...steps.map(({ step, result, says, at }) =>
      [`${names[step]} [${result}] ${tell(says)}`, at].filter(Boolean).join(' '),
    ),
    '',
    ...events.map(({ messageId, name, occurredAt, outcome, reason = '', former }) =>
      [occurredAt, name, outcome, reason, former?.connectionId ?? '', messageId].join(' · '),
    ),
  ].join('\n')
}
