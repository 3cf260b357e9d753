import {
  Alert,
  Button,
  Code,
  Group,
  Loader,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { toPage } from '../../parts/to-page.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useSourceName } from '../../parts/source-name.ts'
import { Time } from '../../parts/Time.tsx'
import { StoreZone } from '../../parts/Zone.tsx'
import { ZoneSelect } from '../../parts/ZoneSelect.tsx'
import { useConnections, useMay, useWorkspaceId } from '../../place.ts'
import { words } from '../../words/stores.ts'
import { DeleteSource, DeleteStore } from './DeleteButton.tsx'

type Store = AnswerOf<'listStores'>['data'][number]
type Source = AnswerOf<'listSources'>['data'][number]

const overlapHours = 24

export function StoreCard({
  store,
  sources,
}: {
  readonly store: Store
  readonly sources: readonly Source[]
}) {
  const say = useWords(words)
  const may = useMay()
  const form = useForm({ initialValues: { name: '' } })
  const add = useAct('createSource', { onDone: () => form.reset() })
  const facts = [store.domain, store.country, store.currency].filter((fact) => fact !== undefined)
  const connected = (useConnections().data?.data ?? []).filter(
    ({ storeId, state }) => storeId === store.id && state !== 'disconnected',
  )
  return (
    <Panel
      title={store.name}
      lead={facts.join(' · ')}
      actions={<DeleteStore id={store.id} name={store.name} isConnected={connected.length > 0} />}
    >
      <StoreZone store={store}>
        <Arrival storeId={store.id} />
      </StoreZone>
      <ZoneOfStore store={store} />
      {sources.length === 0 && <Text c="dimmed">{say.noSource}</Text>}
      {sources.map((source) => (
        <OneSource
          key={source.id}
          source={source}
          isConnected={connected.some(({ sourceId }) => sourceId === source.id)}
        />
      ))}
      {add.data !== undefined && <WriteKey writeKey={add.data.writeKey} name={add.data.name} />}
      {may('createSource') && (
        <form
          onSubmit={form.onSubmit(({ name }) => add.mutate({ body: { storeId: store.id, name } }))}
        >
          <Group align="flex-end" gap="sm">
            <TextInput label={say.sourceName} required {...form.getInputProps('name')} />
            <Button type="submit" variant="default" loading={add.isPending}>
              {say.addSource}
            </Button>
          </Group>
          <ProblemNote problem={add.error} />
        </form>
      )}
    </Panel>
  )
}

function ZoneOfStore({ store: { id, timeZone } }: { readonly store: Store }) {
  const canChange = useMay()('changeStore')
  const change = useAct('changeStore')
  return (
    <>
      <ZoneSelect
        value={timeZone}
        disabled={!canChange || change.isPending}
        onChange={(zone) => change.mutate({ params: { storeId: id }, body: { timeZone: zone } })}
      />
      <ProblemNote problem={change.error} />
    </>
  )
}

/** Whether anything comes, by itself: whoever puts the snippet in sees it work. */
function Arrival({ storeId }: { readonly storeId: string }) {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const connection = useConnections().data?.data.find(
    (one) => one.storeId === storeId && one.state !== 'disconnected',
  )
  const standing = useAsk(
    'getStanding',
    { params: { connectionId: connection?.id ?? '' } },
    { everyMs: 3_000, enabled: connection !== undefined },
  ).data
  if (connection === undefined) {
    return (
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {say.notConnected}
        </Text>
        <Button
          size="xs"
          variant="default"
          component={Link}
          {...toPage(workspaceId, 'connection', { store: storeId })}
        >
          {say.connect}
        </Button>
      </Group>
    )
  }
  if (standing === undefined) return null
  return standing.lastEventAt === undefined ? (
    <Group gap="sm" role="status" wrap="nowrap" align="flex-start">
      <Loader size="sm" />
      <div>
        <Text fw={600}>{say.waiting}</Text>
        <Text size="sm" c="dimmed">
          {say.waitingMore}
        </Text>
      </div>
    </Group>
  ) : (
    <Text size="sm" role="status">
      {say.arrived} <Time at={standing.lastEventAt} style="ago" isAlone />.
    </Text>
  )
}

function OneSource({
  source,
  isConnected,
}: {
  readonly source: Source
  readonly isConnected: boolean
}) {
  const say = useWords(words)
  const may = useMay()
  const params = { sourceId: source.id }
  const change = useAct('changeSource')
  const [isRolling, setRolling] = useState(false)
  const roll = useAct('rollWriteKey', { onDone: () => setRolling(false) })
  const canChange = may('changeSource')
  const name = useSourceName()(source.name)
  return (
    <Stack gap="sm" pt="sm" style={{ borderTop: '1px solid var(--line)' }}>
      <Group justify="space-between">
        <Text fw={600}>{name}</Text>
        <Switch
          label={say.enabled}
          aria-label={`${say.enabled}: ${name}`}
          checked={source.enabled}
          disabled={!canChange || change.isPending}
          onChange={({ currentTarget: { checked } }) =>
            change.mutate({ params, body: { enabled: checked } })
          }
        />
      </Group>
      {source.browserKey !== undefined && (
        <>
          <Group gap="sm">
            <Text size="sm">{say.browserKey}</Text>
            <Code>{source.browserKey}</Code>
            <CopyButton text={source.browserKey} of={`${say.browserKey}, ${name}`} />
          </Group>
          <Select
            label={say.browserMay}
            aria-label={`${say.browserMay}: ${name}`}
            data={Object.entries(say.mays).map(([value, label]) => ({ value, label }))}
            value={source.browserMay ?? 'behaviour'}
            allowDeselect={false}
            disabled={!canChange || change.isPending}
            maw={560}
            onChange={(value) =>
              change.mutate({
                params,
                body: { browserMay: value === 'everything' ? 'everything' : 'behaviour' },
              })
            }
          />
          <Snippet browserKey={source.browserKey} name={name} />
        </>
      )}
      {roll.data !== undefined && <WriteKey writeKey={roll.data.writeKey} name={name} />}
      {may('rollWriteKey') && (
        <Group>
          <Button
            size="xs"
            variant="default"
            aria-label={`${say.roll} ${name}`}
            onClick={() => setRolling(true)}
          >
            {say.roll}
          </Button>
          <DeleteSource id={source.id} name={name} isConnected={isConnected} />
        </Group>
      )}
      <ProblemNote problem={change.error} />
      <ConfirmDialog
        opened={isRolling}
        title={say.rollTitle}
        action={say.rollDo}
        busy={roll.isPending}
        problem={roll.error}
        onConfirm={() => roll.mutate({ params, body: { overlapHours } })}
        onClose={() => setRolling(false)}
      >
        {say.rollMore}
      </ConfirmDialog>
    </Stack>
  )
}

function Snippet({
  browserKey,
  name,
}: {
  readonly browserKey: string
  /** Of the source. */
  readonly name: string
}) {
  const say = useWords(words)
  const publicUrl = useAsk('getHost').data?.publicUrl
  if (publicUrl === undefined) return null
  const text = `<script>
  window.tillpost ||= new Proxy([], {
    get: (q, m) => (m in q ? q[m] : (...a) => q.push([m, ...a])),
  })
</script>
<script async src="${publicUrl}/sdk/${browserKey}.js"></script>`
  return (
    <Stack gap={6}>
      <Group gap="sm">
        <Text size="sm" fw={550}>
          {say.snippet}
        </Text>
        <CopyButton text={text} of={`${say.snippet}, ${name}`} />
      </Group>
      <Text size="sm" c="dimmed">
        {say.snippetMore}
      </Text>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
      <Code block tabIndex={0} aria-label={`${say.snippet}, ${name}`} role="region">
        {text}
      </Code>
    </Stack>
  )
}

function WriteKey({
  writeKey,
  name,
}: {
  readonly writeKey: string
  /** Of the source. */
  readonly name: string
}) {
  const say = useWords(words)
  return (
    <Alert color="orange" variant="light" role="status" title={say.writeKey}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{say.writeKeyOnce}</Text>
        <Group gap="sm">
          <Code>{writeKey}</Code>
          <CopyButton text={writeKey} of={`${say.writeKey}, ${name}`} />
        </Group>
      </Stack>
    </Alert>
  )
}
