import { UnstyledButton } from '@mantine/core'
import { type ComponentType, type ReactNode, useState } from 'react'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { openByArrow } from './open-by-arrow.ts'
import look from './frame.module.css'

export interface MenuButtonProps {
  readonly className: string | undefined
  readonly 'aria-label'?: string
  readonly title?: string
  /** What the button shows. */
  readonly children: ReactNode
  readonly position: 'bottom-start' | 'bottom-end'
  readonly width: number
  /** What the menu holds: Mantine's `Menu.Item` and its like, from a file of their own. */
  readonly load: () => Promise<ComponentType>
}

/** What is fetched for a menu: it, and what it holds. */
interface Fetched {
  readonly Opened: ComponentType<MenuButtonProps & { readonly items: ReactNode }>
  readonly Items: ComponentType
}

/**
 * A button that opens a menu. What makes and places menus is fetched when somebody is about to open one: the first
 * page would be slower by it.
 */
export function MenuButton(props: MenuButtonProps) {
  const say = useWords(words)
  const [fetched, setFetched] = useState<Fetched | 'failed'>()
  if (fetched !== undefined && fetched !== 'failed') {
    const { Opened, Items } = fetched
    return <Opened {...props} items={<Items />} />
  }
  const { className, title, children, load } = props
  const soon = () => void fetchIt(load).catch(() => undefined)
  return (
    <>
      <UnstyledButton
        className={className}
        title={title}
        aria-label={props['aria-label']}
        aria-haspopup="menu"
        aria-expanded={false}
        onPointerEnter={soon}
        onFocus={soon}
        onKeyDown={openByArrow}
        onClick={() => fetchIt(load).then(setFetched, () => setFetched('failed'))}
      >
        {children}
      </UnstyledButton>
      {fetched === 'failed' && (
        <span role="alert" className={look['menuFailed']}>
          {say.menuFailed}
        </span>
      )}
    </>
  )
}

async function fetchIt(load: MenuButtonProps['load']): Promise<Fetched> {
  const [{ OpenedMenu }, Items] = await Promise.all([import('./OpenedMenu.tsx'), load()])
  return { Opened: OpenedMenu, Items }
}
