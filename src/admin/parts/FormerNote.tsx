import { Alert, Button, Group, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useConnectionName } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { useConnection, useConnections } from '../place.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'

/** Says so where the page is about a connection that has ended, and leads to the one that took over. */
export function FormerNote() {
  const say = useWords(words)
  const navigate = useNavigate()
  const nameOf = useConnectionName()
  const chosen = useConnection()
  const present = useConnections().data?.data.find(
    ({ storeId, state }) => storeId === chosen?.storeId && state !== 'disconnected',
  )
  if (chosen?.state !== 'disconnected' || present === undefined) return null
  return (
    <Alert color="gray" variant="light" mb="lg" icon={<Icon name="clock" />} role="note">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{say.formerNote(nameOf(chosen.id))}</Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => void navigate({ to: '.', search: { connection: present.id } } as never)}
        >
          {say.toPresent}
        </Button>
      </Group>
    </Alert>
  )
}
