import { Alert, Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useAct } from '../../ask.ts'
import type { AnswerOf, BodyOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useFieldText } from '../../parts/field-text.ts'
import { Loading } from '../../parts/Loading.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { toPage } from '../../parts/to-page.ts'
import { useMe, useWorkspaceId } from '../../place.ts'
import { words } from '../../words/settings.ts'

type Step = AnswerOf<'planImport'>['data'][number]
type File = BodyOf<'planImport'>

/** What an import would do, by name, before it is done; and afterwards what is left to do. */
export function ImportPlan({
  fileName,
  text,
  onClose,
}: {
  readonly fileName: string
  readonly text: string
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const file = readFile(text)
  const hasFactor = useMe().data?.member?.secondFactor === true
  const { mutate: look, ...plan } = useAct('planImport')
  const apply = useAct('importConfiguration')
  // Once for each file: this is made anew with another.
  useEffect(() => {
    const chosen = readFile(text)
    if (chosen !== undefined) look({ body: chosen })
  }, [text, look])
  if (file === undefined) {
    return (
      <Alert color="red" variant="light" role="alert">
        {say.notJson}
      </Alert>
    )
  }
  if (apply.data !== undefined) return <Imported steps={apply.data.data} />
  if (plan.error !== null) return <ProblemNote problem={plan.error} />
  if (plan.data === undefined) return <Loading rows={3} />
  const steps = plan.data.data
  const wouldLockOut = !hasFactor && steps.some(asksForFactor)
  const hasWork = steps.some(({ does }) => does === 'add' || does === 'change')
  return (
    <Stack gap="md">
      <div role="status">
        <Title order={3} size="md">
          {say.plan(fileName)}
        </Title>
        <Text size="sm" c="dimmed">
          {steps.every(({ does }) => does === 'leave') ? say.nothing : say.planMore}
        </Text>
      </div>
      <Steps steps={steps} />
      {wouldLockOut && (
        <Alert color="orange" variant="light">
          {say.ownFactorFirst}
        </Alert>
      )}
      <ProblemNote problem={apply.error} />
      <Group gap="sm">
        {hasWork && (
          <Button
            loading={apply.isPending}
            disabled={wouldLockOut}
            onClick={() => apply.mutate({ body: file })}
          >
            {say.apply}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {say.cancel}
        </Button>
      </Group>
    </Stack>
  )
}

const order = ['blocked', 'add', 'change', 'leave'] as const
const colors = { blocked: 'orange', add: 'green', change: 'blue', leave: 'gray' } as const

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const say = useWords(words)
  const { labelOf, valueOf } = useFieldText()
  const inOrder = order.flatMap((does) => steps.filter((step) => step.does === does))
  return (
    <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {inOrder.map((step) => (
        <Group
          key={`${step.what} ${step.name}`}
          component="li"
          gap="sm"
          align="flex-start"
          style={{ rowGap: 4, overflowWrap: 'anywhere' }}
        >
          <Badge variant="light" color={colors[step.does]} tt="none" radius="sm" miw={130}>
            {say.does[step.does]}
          </Badge>
          <div style={{ flex: '1 1 240px', minWidth: 0 }}>
            <Text>
              {say.whats[step.what]}{' '}
              <Text span fw={600}>
                {step.name}
              </Text>
            </Text>
            <Todo step={step} />
            {step.changes.map(({ field, from, to }) => (
              <Text key={field} size="sm" c="dimmed">
                {labelOf(field)}
                {isShort(from) &&
                  isShort(to) &&
                  `: ${say.from(valueOf(field, from), valueOf(field, to))}`}
              </Text>
            ))}
          </div>
        </Group>
      ))}
    </Stack>
  )
}

/** What is not in the file, because it is secret. */
function Todo({ step: { what, does, todo } }: { readonly step: Step }) {
  const { todos } = useWords(words)
  const sentence =
    does === 'blocked'
      ? what === 'account' || what === 'connection'
        ? todos[what]
        : todo
      : does === 'add' && what === 'source'
        ? todos.source
        : undefined
  return sentence === undefined ? null : <Text size="sm">{sentence}</Text>
}

function Imported({ steps }: { readonly steps: readonly Step[] }) {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const numberOf = (wanted: Step['does']) => steps.filter(({ does }) => does === wanted).length
  const isBlocked = numberOf('blocked') > 0
  const hasNewKeys = steps.some(({ what, does }) => what === 'source' && does === 'add')
  return (
    <Alert
      color={isBlocked ? 'orange' : 'green'}
      variant="light"
      role="status"
      title={say.imported(numberOf('add'), numberOf('change'))}
    >
      <Stack gap="xs" align="flex-start">
        {hasNewKeys && <Text size="sm">{say.importedKeys}</Text>}
        {isBlocked && <Text size="sm">{say.importedBlocked}</Text>}
        <Group gap="sm">
          {hasNewKeys && (
            <Button size="xs" variant="default" component={Link} {...toPage(workspaceId, 'stores')}>
              {say.toStores}
            </Button>
          )}
          {isBlocked && (
            <Button
              size="xs"
              variant="default"
              component={Link}
              {...toPage(workspaceId, 'integrations')}
            >
              {say.toIntegrations}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}

/** Undefined: it is no JSON at all. What is wrong inside, the server says. */
function readFile(text: string): File | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as File) : undefined
  } catch {
    return undefined
  }
}

function asksForFactor({ what, changes }: Step): boolean {
  return (
    what === 'workspace' && changes.some(({ field, to }) => field === 'secondFactor' && to === true)
  )
}

/** Rules and mappings are looked at on their own pages. */
function isShort(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}
