import { Group, List, Text } from '@mantine/core'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Loading } from '../../parts/Loading.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useTell } from '../../parts/tell.ts'
import { words } from '../../words/connection.ts'

/** Each permission with a tick, or with what does not work without it (S6). */
export function Permissions({ destinationId }: { readonly destinationId: string }) {
  const say = useWords(words)
  const tell = useTell()
  const { data, error, refetch } = useAsk('listPermissions', { params: { destinationId } })
  return (
    <Panel title={say.permissions} lead={say.permissionsLead}>
      <ProblemNote problem={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loading rows={2} />}
      {data?.says !== undefined && <Text>{tell(data.says)}</Text>}
      <List listStyleType="none" spacing={6} size="sm">
        {data?.data.map(({ permission, granted, says }) => (
          <List.Item key={permission}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <Text c={granted ? 'green' : 'red'} span>
                <Icon name={granted ? 'check' : 'cross'} size={16} />
              </Text>
              <div>
                <Text size="sm" span fw={550}>
                  {permission.replaceAll(' ', ', ')}
                </Text>{' '}
                <Text size="sm" span c="dimmed">
                  {granted ? say.granted : say.missing}
                </Text>
                {says !== undefined && (
                  <Text size="sm" c="dimmed">
                    {tell(says)}
                  </Text>
                )}
              </div>
            </Group>
          </List.Item>
        ))}
      </List>
    </Panel>
  )
}
