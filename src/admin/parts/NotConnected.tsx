import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWorkspaceId } from '../place.ts'
import { addressOfPage } from '../routes.tsx'
import { Empty } from './Empty.tsx'
import type { IconName } from './Icon.tsx'

/** In a page of a connection, where there is none: what it would be for, and the way to connect. */
export function NotConnected({
  icon,
  say,
}: {
  readonly icon: IconName
  readonly say: {
    readonly notConnected: string
    readonly notConnectedMore: string
    readonly connect: string
  }
}) {
  const workspaceId = useWorkspaceId() ?? ''
  return (
    <Empty
      icon={icon}
      title={say.notConnected}
      action={
        <Button component={Link} to={addressOfPage(workspaceId, 'integrations')}>
          {say.connect}
        </Button>
      }
    >
      {say.notConnectedMore}
    </Empty>
  )
}
