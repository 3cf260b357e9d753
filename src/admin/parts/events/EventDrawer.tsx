import { Anchor, Drawer } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from '../../language.ts'
import { useFilters, useWorkspace } from '../../place.ts'
import { addressOfPage } from '../../routes.tsx'
import { words } from '../../words/events.ts'
import { EventView } from './EventView.tsx'

/** An event beside the list that it stands in; which one stands in the address (`?open=`). */
export function EventDrawer() {
  const say = useWords(words)
  const workspaceId = useWorkspace()?.id
  const [{ open: messageId }, setFilters] = useFilters(['open'])
  return (
    <Drawer
      opened={messageId !== undefined}
      onClose={() => setFilters({ open: undefined })}
      position="right"
      size="min(680px, 100vw)"
      title={
        messageId !== undefined &&
        workspaceId !== undefined && (
          <Anchor
            component={Link}
            size="sm"
            to={addressOfPage(workspaceId, 'event', { messageId })}
          >
            {say.wholePage}
          </Anchor>
        )
      }
      closeButtonProps={{ 'aria-label': say.close }}
    >
      {messageId !== undefined && <EventView key={messageId} messageId={messageId} headed />}
    </Drawer>
  )
}
