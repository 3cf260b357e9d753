import { Text, VisuallyHidden } from '@mantine/core'
import { useNamedConnections } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { useConnection, useStore, useWorkspace } from '../place.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'
import { Mark } from './Mark.tsx'
import { MenuButton } from './MenuButton.tsx'
import look from './frame.module.css'

/** Which workspace, and which of its stores. */
export function WorkspaceMenu() {
  const say = useWords(words)
  const workspace = useWorkspace()
  const connection = useConnection()
  const connections = useNamedConnections()
  const store = useStore()
  const chosen = connections.find((one) => one.connection.id === connection?.id)
  // Where there is one, its store is enough, and the workspace's name may say it.
  const below = connections.length > 1 ? chosen?.name : store?.name
  return (
    <MenuButton
      className={look['switcher']}
      position="bottom-start"
      width={300}
      load={async () => (await import('./WorkspaceItems.tsx')).WorkspaceItems}
    >
      <VisuallyHidden>{say.switchWorkspace}</VisuallyHidden>
      <Mark />
      <span style={{ flex: 1, minWidth: 0 }}>
        <Text fw={600} truncate size="md" lh={1.25}>
          {workspace?.name ?? 'Tillpost'}
        </Text>
        {below !== undefined && below !== workspace?.name && (
          <Text size="xs" c="dimmed" truncate lh={1.25}>
            {below}
          </Text>
        )}
      </span>
      <Icon name="chevron" size={16} />
    </MenuButton>
  )
}
