import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useArrival } from './arrival.ts'
import { Icon, type IconName } from './Icon.tsx'
import look from './parts.module.css'

/** Where there is nothing yet: what will be here, and what to do so that it comes. */
export function Empty({
  icon = 'list',
  title,
  children,
  action,
  isPage = false,
}: {
  readonly icon?: IconName
  readonly title: string
  /** Says what to do. */
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** It is all that the page shows. */
  readonly isPage?: boolean
}) {
  const heading = useArrival()
  return (
    <Stack align="center" gap="xs" className={look['empty']}>
      <span className={look['emptyIcon']}>
        <Icon name={icon} size={22} />
      </span>
      <Title
        {...(isPage ? { ref: heading, order: 1, tabIndex: -1 } : { order: 2 })}
        size="h2"
        ta="center"
      >
        {title}
      </Title>
      {children !== undefined && (
        <Text c="dimmed" ta="center" maw={460} component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  )
}
