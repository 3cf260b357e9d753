import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'
import { MenuButton } from './MenuButton.tsx'
import look from './frame.module.css'

/** Always in the same place (WCAG 3.2.6). */
export function HelpMenu() {
  const say = useWords(words)
  return (
    <MenuButton
      className={look['round']}
      aria-label={say.help}
      title={say.help}
      position="bottom-end"
      width={240}
      load={async () => (await import('./HelpItems.tsx')).HelpItems}
    >
      <Icon name="help" size={20} />
    </MenuButton>
  )
}
