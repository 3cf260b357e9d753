import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Loading } from '../parts/Loading.tsx'
import { toPage } from '../parts/to-page.ts'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Panel } from '../parts/Panel.tsx'
import look from '../parts/parts.module.css'
import { StatusPill } from '../parts/StatusPill.tsx'
import { Time } from '../parts/Time.tsx'
import { StoreZone } from '../parts/Zone.tsx'
import { useConnections, useStores, useWorkspaceId } from '../place.ts'
import { addressOfPage } from '../routes.tsx'
import { words } from '../words/integrations.ts'

/** Z1: the integrations, each store with its connection, and the way to its settings. */
export function Integrations() {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const stores = useStores()
  const connections = useConnections()
  const accounts = useAsk('listDestinations')
  const problem = stores.error ?? connections.error
  const retry = () => void Promise.all([stores.refetch(), connections.refetch()])
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <ProblemNote problem={problem} onRetry={retry} />
      {stores.data === undefined || connections.data === undefined ? (
        problem === null && <Loading rows={3} />
      ) : stores.data.data.length === 0 ? (
        <Empty
          icon="store"
          title={say.noStore}
          action={
            <Button component={Link} to={addressOfPage(workspaceId, 'stores')}>
              {say.addStore}
            </Button>
          }
        >
          {say.noStoreMore}
        </Empty>
      ) : (
        <Panel title={say.klaviyo} lead={say.klaviyoLead}>
          <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {stores.data.data.map((store) => {
              const connection = connections.data.data.find(
                ({ storeId, state }) => storeId === store.id && state !== 'disconnected',
              )
              const account = accounts.data?.data.find(({ id }) => id === connection?.destinationId)
              return (
                <Group key={store.id} component="li" justify="space-between" gap="sm">
                  <Stack gap={2} className={look['any']}>
                    <Group gap="xs">
                      <Text fw={600} className={look['any']}>
                        {store.name}
                      </Text>
                      {connection === undefined ? (
                        <Badge variant="light" color="gray" tt="none" radius="sm">
                          {say.notConnected}
                        </Badge>
                      ) : (
                        <StatusPill status={connection.state} />
                      )}
                    </Group>
                    {connection !== undefined && (
                      <Text size="sm" c="dimmed" component="div">
                        {account?.accountName ?? account?.accountId} · {say.since}{' '}
                        <StoreZone store={store}>
                          <Time at={connection.since} style="date" />
                        </StoreZone>
                      </Text>
                    )}
                  </Stack>
                  <Button
                    component={Link}
                    variant={connection === undefined ? 'filled' : 'default'}
                    {...toPage(
                      workspaceId,
                      'connection',
                      connection === undefined
                        ? { store: store.id }
                        : { connection: connection.id },
                    )}
                    aria-label={
                      connection === undefined
                        ? say.connectOf(store.name)
                        : say.manageOf(store.name)
                    }
                  >
                    {connection === undefined ? say.connect : say.manage}
                  </Button>
                </Group>
              )
            })}
          </Stack>
        </Panel>
      )}
    </>
  )
}
