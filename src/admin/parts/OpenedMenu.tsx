import { Menu, UnstyledButton } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { MenuButtonProps } from './MenuButton.tsx'
import { openByArrow } from './open-by-arrow.ts'

/** In the place of a `MenuButton` that was pressed: the same button, and its menu, which is open. */
export function OpenedMenu({
  position,
  width,
  children,
  items,
  className,
  title,
  ...others
}: MenuButtonProps & { readonly items: ReactNode }) {
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Where the menu gives the focus back to when it closes.
    button.current?.focus()
    setOpened(true)
  }, [])
  return (
    <Menu opened={opened} onChange={setOpened} position={position} width={width}>
      <Menu.Target>
        <UnstyledButton
          ref={button}
          className={className}
          title={title}
          aria-label={others['aria-label']}
          onKeyDown={openByArrow}
        >
          {children}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>{items}</Menu.Dropdown>
    </Menu>
  )
}
