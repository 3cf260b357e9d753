import {
  Alert,
  Button,
  Code,
  Group,
  PasswordInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { PresetName } from '../../../core/settings.ts'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { usualSource } from '../../parts/source-name.ts'
import { useTell } from '../../parts/tell.ts'
import { useMay, useWorkspaceId } from '../../place.ts'
import { addressOfPage } from '../../routes.tsx'
import { words } from '../../words/connection.ts'
import { useKnownAccounts } from './known-accounts.ts'

type Store = AnswerOf<'listStores'>['data'][number]
type Account = AnswerOf<'listDestinations'>['data'][number]

const firstPreset: PresetName = 'storefront'

/** By Klaviyo's own page, or by a key that is asked about first; then, warned of what would count twice, live. */
export function ConnectKlaviyo({
  store,
  onShowKey,
}: {
  readonly store: Store
  /** Of which store a new write key is being shown, which nobody can see again; undefined: none. */
  readonly onShowKey: (storeId: string | undefined) => void
}) {
  const say = useWords(words)
  const may = useMay()
  const workspaceId = useWorkspaceId() ?? ''
  const installation = useAsk('getHost').data
  const known = useKnownAccounts()
  const [preset, setPreset] = useState<PresetName>(firstPreset)
  const [account, setAccount] = useState<Account & { readonly warnings?: readonly string[] }>()
  const [chosen, setChosen] = useState<string | null>(null)
  const key = useForm({ initialValues: { privateKey: '', publicKey: '' } })
  const check = useAct('createDestination', { onDone: setAccount })
  const place = { workspace: workspaceId, store: store.id, preset }
  if (!may('createConnection')) {
    return (
      <Panel title={say.connectTitle} lead={say.notAllowed}>
        <Text>{say.notAllowed}</Text>
      </Panel>
    )
  }
  if (account !== undefined)
    return <GoLive store={store} account={account} preset={preset} onShowKey={onShowKey} />
  return (
    <Panel title={say.connectTitle} lead={say.connectLead}>
      <Select
        label={say.preset}
        data={Object.entries(say.presets).map(([value, label]) => ({ value, label }))}
        value={preset}
        allowDeselect={false}
        onChange={(value) => setPreset((value ?? firstPreset) as PresetName)}
        maw={560}
      />
      {installation?.klaviyoApp === true ? (
        <Stack gap={4} align="flex-start">
          <Button
            component="a"
            size="md"
            href={`/install/klaviyo?${new URLSearchParams(place).toString()}`}
            leftSection={<Icon name="connection" size={18} />}
          >
            {say.oauth}
          </Button>
          <Text size="sm" c="dimmed">
            {say.oauthMore}
          </Text>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {say.noApp}
        </Text>
      )}
      {known.length > 0 && (
        <Group align="flex-end" gap="sm">
          <Select
            label={say.known}
            data={known.map(({ id, label }) => ({ value: id, label }))}
            value={chosen}
            onChange={setChosen}
            w={{ base: '100%', sm: 360 }}
          />
          <Button
            variant="default"
            disabled={chosen === null}
            onClick={() => setAccount(known.find(({ id }) => id === chosen)?.account)}
          >
            {say.useKnown}
          </Button>
        </Group>
      )}
      <form
        onSubmit={key.onSubmit(({ privateKey, publicKey }) =>
          check.mutate({
            body: {
              privateKey: privateKey.trim(),
              ...(publicKey.trim() === '' ? {} : { publicKey: publicKey.trim() }),
            },
          }),
        )}
      >
        <Stack gap="sm" maw={560}>
          <Text fw={600}>{installation?.klaviyoApp === true ? say.orKey : say.withKey}</Text>
          <Text size="sm" c="dimmed">
            {say.orKeyMore}
          </Text>
          <PasswordInput
            label={say.privateKey}
            placeholder="pk_…"
            autoComplete="off"
            required
            {...key.getInputProps('privateKey')}
          />
          <TextInput
            label={say.publicKey}
            description={say.publicKeyMore}
            {...key.getInputProps('publicKey')}
          />
          <ProblemNote problem={check.error} />
          <Group>
            <Button type="submit" variant="default" loading={check.isPending}>
              {say.check}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

/** The account is known; nothing flows yet. */
function GoLive({
  store,
  account,
  preset,
  onShowKey,
}: {
  readonly store: Store
  readonly account: Account & { readonly warnings?: readonly string[] }
  readonly preset: PresetName
  readonly onShowKey: (storeId: string | undefined) => void
}) {
  const say = useWords(words)
  const tell = useTell()
  const workspaceId = useWorkspaceId() ?? ''
  const navigate = useNavigate()
  const { id: destinationId, accountName, accountId, warnings = [] } = account
  const doubles = useAsk('findDoublesBefore', { params: { destinationId }, query: { preset } }).data
  const source = useAsk('listSources').data?.data.find(({ storeId }) => storeId === store.id)
  const addSource = useAct('createSource', { onDone: () => onShowKey(store.id) })
  const connect = useAct('createConnection', {
    onDone({ id }) {
      notifications.show({ message: say.connected, color: 'green' })
      // A new write key is shown this once: the page waits until it was copied.
      if (addSource.data !== undefined) return
      show(id)
    },
  })
  const show = (connection: string) => {
    onShowKey(undefined)
    void navigate({
      to: addressOfPage(workspaceId, 'connection'),
      search: { connection },
    } as never)
  }
  const isGoing = useRef(false)
  const goLive = async () => {
    // A second click comes before the button shows that the first was heard.
    if (isGoing.current) return
    isGoing.current = true
    try {
      const sourceId =
        source?.id ??
        (await addSource.mutateAsync({ body: { storeId: store.id, name: usualSource } })).id
      connect.mutate({ body: { sourceId, destinationId, preset } })
    } finally {
      isGoing.current = false
    }
  }
  return (
    <Panel title={say.connectTitle} lead={say.presets[preset]}>
      <Alert color="green" variant="light" role="status" icon={<Icon name="check" />}>
        {say.checked(accountName ?? accountId)}
      </Alert>
      {warnings.map((warning) => (
        <Alert key={warning} color="orange" variant="light">
          {tell(warning)}
        </Alert>
      ))}
      {doubles?.state === 'found' && (
        <Alert color="orange" variant="light" role="alert" title={say.doubles}>
          <Text fw={600}>{tell(doubles.says)}</Text>
          {doubles.todo !== undefined && <Text size="sm">{tell(doubles.todo)}</Text>}
        </Alert>
      )}
      <ProblemNote problem={addSource.error ?? connect.error} />
      {addSource.data !== undefined && connect.data !== undefined ? (
        <Stack gap="xs" align="flex-start">
          <Text>{say.writeKey}</Text>
          <Group gap="sm">
            <Code>{addSource.data.writeKey}</Code>
            <CopyButton text={addSource.data.writeKey} />
          </Group>
          <Button onClick={() => show(connect.data.id)}>{say.status}</Button>
        </Stack>
      ) : (
        <Group>
          <Button
            loading={addSource.isPending || connect.isPending}
            onClick={() => void goLive().catch(() => undefined)}
          >
            {say.goLive}
          </Button>
        </Group>
      )}
    </Panel>
  )
}
