import { ActionIcon, Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'
import { openByArrow } from './open-by-arrow.ts'

/** What can be done with a row of a list, behind three dots. */
export function RowMenu({
  label,
  children,
}: {
  /** Says of which row. */
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} onKeyDown={openByArrow}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
