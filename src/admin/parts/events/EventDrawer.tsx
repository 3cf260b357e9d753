import { Anchor, Drawer, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from '../../language.ts'
import { useFilters, useWorkspace } from '../../place.ts'
import { addressOfPage } from '../../routes.tsx'
import { words } from '../../words/events.ts'
import parts from '../parts.module.css'
import { useEventName } from './event-name.ts'
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
        messageId !== undefined && (
          <Text span fw={600} size="lg" lineClamp={3} className={parts['any']}>
            <EventName messageId={messageId} />
          </Text>
        )
      }
      closeButtonProps={{ 'aria-label': say.close }}
    >
      {messageId !== undefined && (
        <Stack gap="sm">
          {workspaceId !== undefined && (
            <Anchor
              component={Link}
              size="sm"
              w="fit-content"
              to={addressOfPage(workspaceId, 'event', { messageId })}
            >
              {say.wholePage}
            </Anchor>
          )}
          <EventView key={messageId} messageId={messageId} />
        </Stack>
      )}
    </Drawer>
  )
}

function EventName({ messageId }: { readonly messageId: string }) {
  return useEventName(messageId)
}
