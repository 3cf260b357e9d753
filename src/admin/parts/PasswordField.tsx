import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'

/** A password, which can be shown. */
export function PasswordField(props: PasswordInputProps) {
  const { showTyped } = useWords(words)
  return (
    <PasswordInput
      required
      maxLength={128}
      visibilityToggleButtonProps={{ 'aria-label': showTyped, tabIndex: 0 }}
      {...props}
    />
  )
}
