import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const say = useWords(words)
  const { copied, copy } = useClipboard({ timeout: 2000 })
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
      onClick={() => copy(text)}
    >
      <span aria-live="polite">{copied ? say.copied : (label ?? say.copy)}</span>
    </Button>
  )
}
