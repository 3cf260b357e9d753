import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useConnectionName } from '../../connection-names.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { usePageLink } from '../page-link.ts'
import type { Line } from './columns.tsx'

/** Of an event that came before the connection: which one had it, the way there, and what can be done still. */
export function ByFormer({
  former: { connectionId },
  messageId,
  isLost = false,
}: {
  readonly former: NonNullable<Line['former']>
  readonly messageId: string
  /** Klaviyo does not have it. */
  readonly isLost?: boolean
}) {
  const say = useWords(words)
  const linkTo = usePageLink()
  const name = useConnectionName()(connectionId)
  const address = linkTo('event', { connection: connectionId }, { messageId })
  return (
    <Text size="sm" c="dimmed">
      {say.former.by}{' '}
      {address === undefined ? (
        name
      ) : (
        <Anchor component={Link} size="sm" underline="always" to={address}>
          {name}
        </Anchor>
      )}
      . {isLost && say.former.lost}
    </Text>
  )
}
