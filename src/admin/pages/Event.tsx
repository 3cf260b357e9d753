import { Paper } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { useEventName } from '../parts/events/event-name.ts'
import { EventView } from '../parts/events/EventView.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { words } from '../words/events.ts'

/** One event as a page of its own, for links. */
export function Event() {
  const say = useWords(words)
  const { messageId = '' }: { readonly messageId?: string } = useParams({ strict: false })
  const nameOf = useEventName()
  const { data } = useAsk('getEvent', { params: { messageId } })
  return (
    <>
      <PageHead
        title={
          data === undefined
            ? say.event
            : nameOf({ ...data, metric: data.mapped.events[0]?.metric })
        }
      />
      <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
        <EventView messageId={messageId} headed={false} />
      </Paper>
    </>
  )
}
