import { VisuallyHidden } from '@mantine/core'
import { useWords } from '../language.ts'
import { useMe } from '../place.ts'
import { words } from '../words/parts.ts'
import { MenuButton } from './MenuButton.tsx'
import look from './frame.module.css'

/** Who one is, how one wants to read, and the way out. */
export function UserMenu() {
  const say = useWords(words)
  const name = useMe().data?.member?.name ?? ''
  return (
    <MenuButton
      className={look['round']}
      position="bottom-end"
      width={240}
      load={async () => (await import('./UserItems.tsx')).UserItems}
    >
      <VisuallyHidden>{`${say.you}: ${name}`}</VisuallyHidden>
      <span className={look['initials']} aria-hidden="true">
        {initialsOf(name)}
      </span>
    </MenuButton>
  )
}

function initialsOf(name: string): string {
  const parts = name.split(/\s+/).filter((part) => part !== '')
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined]
    .map((part) => part?.match(/^./u)?.[0] ?? '')
    .join('')
    .toUpperCase()
}
