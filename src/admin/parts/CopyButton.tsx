import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'

export function CopyButton({
  text,
  label,
  of,
}: {
  readonly text: string
  readonly label?: string
  /** What it copies, for whoever hears the button alone; where its label does not say. */
  readonly of?: string
}) {
  const say = useWords(words)
  const { copied, copy } = useClipboard({ timeout: 2000 })
  const shown = copied ? say.copied : (label ?? say.copy)
  return (
    <Button
      aria-label={of === undefined ? undefined : `${shown}: ${of}`}
      variant="default"
      size="xs"
      leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
      onClick={() => copy(text)}
    >
      <span aria-live="polite">{shown}</span>
    </Button>
  )
}
