import { Paper } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useEventName } from '../parts/events/event-name.ts'
import { EventView } from '../parts/events/EventView.tsx'
import { PageHead } from '../parts/PageHead.tsx'

/** One event as a page of its own, for links. */
export function Event() {
  const { messageId = '' }: { readonly messageId?: string } = useParams({ strict: false })
  return (
    <>
      <PageHead title={useEventName(messageId)} />
      <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
        <EventView messageId={messageId} />
      </Paper>
    </>
  )
}
