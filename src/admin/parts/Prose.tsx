import { Code } from '@mantine/core'

/** A sentence in which `names of code` stand between backticks. */
export function Prose({ text }: { readonly text: string }) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? <Code key={`${index} ${part}`}>{part}</Code> : part))
}
