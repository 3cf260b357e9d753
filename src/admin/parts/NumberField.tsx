import { TextInput, type TextInputProps } from '@mantine/core'

/**
 * For an amount. It holds what was typed, whatever that is: nothing is made of what is no number, and the form
 * says what may stand there.
 */
export function NumberField(props: TextInputProps) {
  return <TextInput inputMode="decimal" autoComplete="off" {...props} />
}

/** Undefined: this is no number. A comma is as good as a point. */
export function numberIn(text: string): number | undefined {
  const plain = text.trim().replace(',', '.')
  return /^-?\d+(?:\.\d+)?$/u.test(plain) ? Number(plain) : undefined
}

/** Whether it is a number within the bounds. */
export function isWithin(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): boolean {
  const number = numberIn(text) ?? Number.NaN
  return number >= least && number <= most
}
