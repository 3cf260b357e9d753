import { Button, Group, Select, SimpleGrid, Stack, Switch, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { keep } from '../../../core/keep.ts'
import { useAct } from '../../ask.ts'
import { useFresh } from '../../fresh-form.ts'
import { useWords } from '../../language.ts'
import { Panel } from '../../parts/Panel.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { type Connection, useMay } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/settings.ts'

const dayMs = 86_400_000

/** What shoppers have to have agreed to, what of them and of their orders is said, and how long it is kept. */
export function Privacy({ connection }: { readonly connection: Connection | undefined }) {
  const say = useWords(words)
  const canChange = useMay()('develop')
  const lead = connection === undefined ? say.notConnected : canChange ? undefined : say.notAllowed
  return (
    <Panel title={say.privacy} lead={lead}>
      {connection !== undefined && <Choices connection={connection} canChange={canChange} />}
      <Kept failedMs={connection?.settings.keepFailedMs} />
    </Panel>
  )
}

function Choices({
  connection,
  canChange,
}: {
  readonly connection: Connection
  readonly canChange: boolean
}) {
  const say = useWords(words)
  const { settings, version, id: connectionId } = connection
  const saved = {
    trackingConsent: settings.trackingConsent,
    consentSignal: settings.consentSignal ?? ('usual' as const),
    amounts: settings.amounts,
    productIds: settings.productIds,
    klaviyoLinks: settings.klaviyoLinks,
  }
  const form = useForm({ initialValues: saved })
  const fresh = useFresh(form, saved)
  useUnsaved(form.isDirty())
  const save = useAct('changeSettings', {
    onDone() {
      fresh.done()
      notifications.show({ message: say.savedSettings, color: 'green' })
    },
  })
  const send = form.onSubmit(({ consentSignal, ...rest }) => {
    fresh.send()
    save.mutate({
      params: { connectionId },
      body: {
        version,
        settings: { ...rest, consentSignal: consentSignal === 'usual' ? null : consentSignal },
      },
    })
  })
  const choice = { allowDeselect: false, disabled: !canChange }
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <Select
            label={say.trackingConsent}
            data={entries(say.trackingConsents)}
            {...choice}
            {...form.getInputProps('trackingConsent')}
          />
          <Select
            label={say.amounts}
            data={entries(say.amountsOf)}
            {...choice}
            {...form.getInputProps('amounts')}
          />
          <Select
            label={say.consentSignal}
            description={say.consentSignalMore}
            data={entries(say.consentSignals)}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...choice}
            {...form.getInputProps('consentSignal')}
          />
          <Select
            label={say.productIds}
            description={say.productIdsMore}
            data={entries(say.productIdsBy)}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...choice}
            {...form.getInputProps('productIds')}
          />
        </SimpleGrid>
        <Switch
          label={say.klaviyoLinks}
          description={say.klaviyoLinksMore}
          disabled={!canChange}
          {...form.getInputProps('klaviyoLinks', { type: 'checkbox' })}
        />
        <ProblemNote problem={save.error} />
        {canChange && (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {say.save}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

function Kept({ failedMs }: { readonly failedMs: number | undefined }) {
  const say = useWords(words)
  const days = (ms: number) => say.days(Math.max(1, Math.round(ms / dayMs)))
  const facts = [
    [say.keptBody, days(keep.bodyMs)],
    [say.keptAttempts, days(keep.attemptMs)],
    [say.keptFailed, failedMs === undefined ? say.forGood : days(failedMs)],
  ] as const
  return (
    <Stack gap="xs">
      <Title order={3} size="md">
        {say.kept}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md" component="dl" m={0}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="sm" c="dimmed" component="dt">
              {name}
            </Text>
            <Text component="dd" m={0}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function entries(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }))
}
