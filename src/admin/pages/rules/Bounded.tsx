import { TextInput, type TextInputProps } from '@mantine/core'
import { useWords } from '../../language.ts'
import { words } from '../../words/rules.ts'

/** No more than fits can be typed or pasted; at the bound it says so. */
export function Bounded({
  most,
  description,
  ...input
}: TextInputProps & { readonly most: number }) {
  const say = useWords(words)
  const isFull = String(input.value ?? input.defaultValue ?? '').length >= most
  return (
    <TextInput
      {...input}
      maxLength={most}
      description={
        isFull ? (
          <>
            {description} <strong role="status">{say.full(most)}</strong>
          </>
        ) : (
          description
        )
      }
    />
  )
}
