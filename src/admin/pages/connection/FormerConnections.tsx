import { Anchor, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useNamedConnections } from '../../connection-names.ts'
import { useWords } from '../../language.ts'
import { Panel } from '../../parts/Panel.tsx'
import { toPage } from '../../parts/to-page.ts'
import { Time } from '../../parts/Time.tsx'
import { useWorkspaceId } from '../../place.ts'
import { words } from '../../words/connection.ts'

/** The store's connections that have ended, and the ways to what became of their events. */
export function FormerConnections({ storeId }: { readonly storeId: string }) {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const former = useNamedConnections().filter(
    ({ connection, isFormer }) => isFormer && connection.storeId === storeId,
  )
  if (former.length === 0) return null
  return (
    <Panel title={say.formers} lead={say.formersLead}>
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        {former.map(({ connection: { id, accountName, since, until }, name }) => (
          <Group key={id} component="li" justify="space-between" gap="xs">
            <div>
              <Text fw={600}>{accountName}</Text>
              <Text size="sm" c="dimmed" component="div">
                <Time at={since} style="full" /> –{' '}
                {until === undefined ? say.unknown : <Time at={until} style="full" />}
              </Text>
            </div>
            <Group gap="md">
              {(['failed', 'events', 'syncs'] as const).map((page) => (
                <Anchor
                  key={page}
                  component={Link}
                  size="sm"
                  aria-label={`${say.formerPages[page]}: ${name}`}
                  {...toPage(workspaceId, page, page === 'syncs' ? { of: id } : { connection: id })}
                >
                  {say.formerPages[page]}
                </Anchor>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
