import { useMutationState } from '@tanstack/react-query'
import { Badge, Button, Group, Stack, Switch, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRef, useState } from 'react'
import { useAct, useAsk } from '../ask.ts'
import type { AnswerOf, BodyOf } from '../call.ts'
import { useWords } from '../language.ts'
import { Icon } from '../parts/Icon.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import look from '../parts/parts.module.css'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { type Connection, useConnection, useConnections, useMay } from '../place.ts'
import { words } from '../words/send.ts'
import { MappingDialog } from './send/MappingDialog.tsx'

type Mapping = AnswerOf<'listMappings'>['data'][number]
type Changes = BodyOf<'changeSettings'>['settings']

/** Z3–Z7: one switch for all, one for each function, and all on at once. */
export function Send() {
  const say = useWords(words)
  const connection = useConnection()
  const connections = useConnections()
  if (connection !== undefined) return <SendOf key={connection.id} connection={connection} />
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <ProblemNote problem={connections.error} onRetry={() => void connections.refetch()} />
    </>
  )
}

const functions = ['profiles', 'subscriptions'] as const
const skips = ['adminTracking', 'botTracking', 'passUnknown'] as const
const pageViews = 'Active on Site'

function SendOf({ connection }: { readonly connection: Connection }) {
  const say = useWords(words)
  const may = useMay()
  const meant = useMeant()
  const settings = { ...connection.settings, ...meant }
  const mappings = useAsk('listMappings')
  const change = useAct('changeSettings')
  const allOn = useAct('switchAllOn', {
    onDone: () => notifications.show({ message: say.allOnDone, color: 'green' }),
  })
  const [wanted, setWanted] = useState('')
  const [opened, setOpened] = useState<Mapping>()
  const lookedFrom = useRef<HTMLElement>(null)
  const put = (changes: Changes) => change.mutate({ body: { settings: changes } })
  const maySwitch = may('operate')
  const mayDevelop = may('develop')
  const isOn = (name: string) =>
    (meant.switches?.[name] ?? connection.settings.switches[name]) !== false
  const found = (mappings.data?.data ?? []).filter((row) =>
    `${row.metric} ${row.events.join(' ')}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const kinds = Map.groupBy(found, titleOf)
  return (
    <>
      <PageHead
        title={say.title}
        lead={say.lead}
        actions={
          <Button
            variant="default"
            disabled={!maySwitch}
            loading={allOn.isPending}
            onClick={() => allOn.mutate({})}
            leftSection={<Icon name="check" size={16} />}
          >
            {say.allOn}
          </Button>
        }
      />
      <Stack gap="lg">
        {!maySwitch && <Text c="dimmed">{say.mayNotSwitch}</Text>}
        <ProblemNote problem={change.error ?? allOn.error} />
        <div className={look['card']} style={{ padding: 16 }}>
          <Switch
            label={<Text fw={550}>{say.master}</Text>}
            description={say.masterMore}
            checked={settings.enabled}
            disabled={!maySwitch}
            onChange={({ currentTarget: { checked } }) => put({ enabled: checked })}
          />
        </div>
        <Stack gap="xs" component="section" aria-label={say.event}>
          <TextInput
            label={say.search}
            value={wanted}
            maw={320}
            onChange={({ currentTarget: { value } }) => setWanted(value)}
          />
          <ProblemNote problem={mappings.error} onRetry={() => void mappings.refetch()} />
          <div className={look['card']}>
            {[...kinds].map(([kind, rows]) => (
              <Kind
                // Its name may be changed from within: the button that led there is the same afterwards.
                key={rows[0]?.events[0] ?? kind}
                rows={rows}
                meant={meant.switches ?? {}}
                maySwitch={maySwitch}
                onSwitch={put}
                onLook={(row, button) => {
                  lookedFrom.current = button
                  setOpened(row)
                }}
              />
            ))}
          </div>
        </Stack>
        <Stack gap="sm" component="section" aria-label={say.people}>
          <Title order={2} size="h4">
            {say.people}
          </Title>
          {functions.map((name) => (
            <Switch
              key={name}
              label={say.functions[name][0]}
              description={say.functions[name][1]}
              checked={isOn(name)}
              disabled={!maySwitch}
              onChange={({ currentTarget: { checked } }) => put({ switches: { [name]: checked } })}
            />
          ))}
        </Stack>
        <Stack gap="sm" component="section" aria-label={say.skip}>
          <Title order={2} size="h4">
            {say.skip}
          </Title>
          {skips.map((name) => (
            <Switch
              key={name}
              label={say.skips[name][0]}
              description={say.skips[name][1]}
              // The setting says what is sent, the switch what is left out.
              checked={!settings[name]}
              disabled={!mayDevelop}
              onChange={({ currentTarget: { checked } }) => put({ [name]: !checked })}
            />
          ))}
        </Stack>
      </Stack>
      {opened !== undefined && (
        <MappingDialog
          mapping={opened}
          connection={connection}
          may={mayDevelop}
          onClose={() => {
            setOpened(undefined)
            lookedFrom.current?.focus({ preventScroll: true })
          }}
        />
      )}
    </>
  )
}

/** What is under way to the server: a switch stands where it was put, also on a slow line. */
function useMeant(): Changes {
  const underWay = useMutationState({
    filters: { mutationKey: ['changeSettings'], status: 'pending' },
    select: ({ state }) =>
      (state.variables as { readonly body: { readonly settings: Changes } }).body.settings,
  })
  const switches = Object.assign({}, ...underWay.map((changes) => changes.switches ?? {}))
  return { ...Object.assign({}, ...underWay), switches }
}

/**
 * What Klaviyo knows as one metric, with its one switch. Shops name it in several vocabularies; each has its line,
 * because what is in such an event stands under other names.
 */
function Kind({
  rows,
  meant,
  maySwitch,
  onSwitch,
  onLook,
}: {
  readonly rows: readonly Mapping[]
  /** What is just being switched. */
  readonly meant: Readonly<Record<string, boolean | null>>
  readonly maySwitch: boolean
  readonly onSwitch: (changes: Changes) => void
  readonly onLook: (row: Mapping, button: HTMLElement) => void
}) {
  const say = useWords(words)
  // A mapping that was taken away has no metric to switch.
  const first = rows.find((row) => row.metric !== '') ?? rows[0]!
  const { metric, builtIn, lines } = first
  const title = titleOf(first)
  return (
    <Stack gap={6} p="sm" style={{ borderBottom: '1px solid var(--line)' }}>
      <Switch
        label={<Text fw={550}>{title}</Text>}
        aria-label={say.switchIs(title)}
        checked={(meant[metric] ?? first.on) && metric !== ''}
        disabled={!maySwitch || metric === ''}
        onChange={({ currentTarget: { checked } }) =>
          onSwitch({
            switches: { [metric]: checked },
            ...(builtIn === pageViews && checked ? { pages: true } : {}),
          })
        }
      />
      {lines !== undefined && (
        <Switch
          ml="lg"
          size="xs"
          label={say.lines(lines)}
          checked={meant[lines] ?? first.linesOn}
          disabled={!maySwitch}
          onChange={({ currentTarget: { checked } }) =>
            onSwitch({ switches: { [lines]: checked } })
          }
        />
      )}
      {rows.map((row, place) => (
        <Group key={row.events[0] ?? ''} justify="space-between" gap="sm" wrap="nowrap">
          <Group gap="xs" style={{ minWidth: 0 }}>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {row.metric === ''
                ? say.gone
                : place === 0
                  ? say.from(row.events.join(', '))
                  : say.alsoFrom(row.events.join(', '))}
            </Text>
            {row.builtIn === undefined && <Badge variant="light">{say.own}</Badge>}
            {row.changed && row.builtIn !== undefined && (
              <Badge variant="light" color="yellow">
                {say.changed}
              </Badge>
            )}
          </Group>
          <Button
            variant="default"
            size="xs"
            style={{ flex: 'none' }}
            aria-label={say.lookAt(place === 0 ? title : `${title}, ${row.events[0] ?? ''}`)}
            onClick={({ currentTarget }) => onLook(row, currentTarget)}
          >
            {say.look}
          </Button>
        </Group>
      ))}
    </Stack>
  )
}

function titleOf({ metric, builtIn }: Mapping): string {
  return metric === '' ? (builtIn ?? '') : metric
}
