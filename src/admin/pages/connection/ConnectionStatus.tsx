import { Alert, Button, Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { toPage } from '../../parts/to-page.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { StatusPill } from '../../parts/StatusPill.tsx'
import { Time } from '../../parts/Time.tsx'
import { type Connection, useMay, useWorkspaceId } from '../../place.ts'
import { words } from '../../words/connection.ts'

/** How it stands, and what can be done at once: pause, go on, switch off, disconnect. */
export function ConnectionStatus({
  connection,
  storeName,
}: {
  readonly connection: Connection
  readonly storeName: string
}) {
  const say = useWords(words)
  const may = useMay()
  const { count } = useNumbers()
  const workspaceId = useWorkspaceId() ?? ''
  const reasonOf = useReasons()
  const params = { connectionId: connection.id }
  const account = useAsk('listDestinations').data?.data.find(
    ({ id }) => id === connection.destinationId,
  )
  const standing = useAsk('getStanding', { params }, { everyMs: 5_000 }).data
  const pause = useAct('pauseConnection')
  const resume = useAct('resumeConnection')
  const settings = useAct('changeSettings')
  const [isAsking, setAsking] = useState(false)
  const disconnect = useAct('disconnect', {
    onDone() {
      setAsking(false)
      notifications.show({ message: say.disconnected, color: 'green' })
    },
  })
  const { state } = connection
  const isHeld = state === 'paused' || state === 'ERROR'
  const step = isHeld ? resume : pause
  return (
    <Panel
      title={say.status}
      actions={
        <>
          {may('sendTestEvent') && (
            <Button
              variant="default"
              component={Link}
              {...toPage(workspaceId, 'testEvent', { connection: connection.id })}
            >
              {say.test}
            </Button>
          )}
          {may('pauseConnection') && (
            <Button
              variant="default"
              loading={step.isPending}
              onClick={() => step.mutate({ params })}
            >
              {state === 'ERROR' ? say.retry : isHeld ? say.resume : say.pause}
            </Button>
          )}
          {may('disconnect') && (
            <Button variant="light" color="red" onClick={() => setAsking(true)}>
              {say.disconnect}
            </Button>
          )}
        </>
      }
    >
      <Group gap="sm">
        <StatusPill status={state} />
        <Text fw={600}>{account?.accountName}</Text>
      </Group>
      {connection.reason !== undefined && (
        <Alert color="red" variant="light" role="alert">
          <Text fw={600}>{reasonOf(connection.reason).sentence}</Text>
          <Text size="sm">
            {reasonOf(connection.reason).todo} {connection.detail}
          </Text>
        </Alert>
      )}
      {state === 'paused' && (
        <Alert color="orange" variant="light">
          {say.pauseMore}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" component="dl" m={0}>
        <Fact name={say.by}>{account?.auth === 'oauth' ? say.byApp : say.byKey}</Fact>
        <Fact name={say.siteId}>{account?.publicKey ?? say.unknown}</Fact>
        <Fact name={say.since}>
          <Time at={connection.since} style="full" isAlone />
        </Fact>
        <Fact name={say.lastSuccess}>
          {standing?.lastSuccessAt === undefined ? (
            say.never
          ) : (
            <Time at={standing.lastSuccessAt} style="ago" isAlone />
          )}
        </Fact>
        <Fact name={say.waiting}>
          {standing === undefined ? '…' : count(standing.waiting)}
          {standing !== undefined && standing.forShopper > 0 && (
            <Text size="sm" c="dimmed">
              {say.forShopper(count(standing.forShopper))}
            </Text>
          )}
        </Fact>
        <Fact name={say.failed}>{standing === undefined ? '…' : count(standing.failed)}</Fact>
      </SimpleGrid>
      <Switch
        label={say.enabled}
        description={say.enabledMore}
        checked={connection.settings.enabled}
        disabled={!may('changeSettings') || settings.isPending}
        onChange={({ currentTarget: { checked } }) =>
          settings.mutate({ params, body: { settings: { enabled: checked } } })
        }
      />
      {!may('changeSettings') && (
        <Text size="sm" c="dimmed">
          {say.notAllowed}
        </Text>
      )}
      <ProblemNote problem={step.error ?? settings.error} />
      <ConfirmDialog
        opened={isAsking}
        title={say.disconnectTitle(storeName)}
        action={say.disconnectDo}
        danger
        busy={disconnect.isPending}
        problem={disconnect.error}
        onConfirm={() => disconnect.mutate({ params })}
        onClose={() => setAsking(false)}
      >
        <Stack gap="xs">
          <Text fw={600}>
            {say.disconnectWaits((standing?.toSend ?? 0) + (standing?.forShopper ?? 0))}
          </Text>
          <Text>{say.disconnectMore}</Text>
        </Stack>
      </ConfirmDialog>
    </Panel>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed" component="dt">
        {name}
      </Text>
      <Text component="dd" m={0}>
        {children}
      </Text>
    </div>
  )
}
