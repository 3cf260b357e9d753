import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'

/** In the place of what is on its way. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  const { loading } = useWords(words)
  return (
    <Stack gap="sm" role="status" aria-busy="true">
      <VisuallyHidden>{loading}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={index === 0 ? 28 : 36} width={index === 0 ? '32%' : '100%'} />
      ))}
    </Stack>
  )
}
