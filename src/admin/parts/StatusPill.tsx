import { Badge } from '@mantine/core'
import type { Outcome } from '../../core/reason.ts'
import { useWords } from '../language.ts'
import type { Connection } from '../place.ts'
import { words } from '../words/parts.ts'
import { Icon, type IconName } from './Icon.tsx'

type Status = Outcome | Connection['state']

/** A status, never by colour alone: its word, and a sign. The same everywhere. */
export function StatusPill({
  status,
  word,
}: {
  readonly status: Status
  /** Instead of the status' own: `Will retry at 14:05`. */
  readonly word?: string
}) {
  const { outcomes, states } = useWords(words)
  const { color, icon } = signs[status]
  const own: Readonly<Record<string, string>> = { ...outcomes, ...states }
  return (
    <Badge
      variant="light"
      color={color}
      size="md"
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Icon name={icon} size={13} />}
    >
      {word ?? own[status]}
    </Badge>
  )
}

const signs: Readonly<Record<Status, { readonly color: string; readonly icon: IconName }>> = {
  waiting: { color: 'blue', icon: 'clock' },
  sending: { color: 'blue', icon: 'up' },
  retrying: { color: 'orange', icon: 'sync' },
  held: { color: 'orange', icon: 'pause' },
  accepted: { color: 'green', icon: 'check' },
  confirmed: { color: 'green', icon: 'eye' },
  dropped: { color: 'gray', icon: 'none' },
  retry: { color: 'orange', icon: 'sync' },
  dead: { color: 'red', icon: 'cross' },
  connected: { color: 'green', icon: 'check' },
  paused: { color: 'orange', icon: 'pause' },
  off: { color: 'gray', icon: 'none' },
  ERROR: { color: 'red', icon: 'failed' },
  disconnected: { color: 'gray', icon: 'none' },
}
