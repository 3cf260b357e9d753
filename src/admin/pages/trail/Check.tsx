import { Alert } from '@mantine/core'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { words } from '../../words/trail.ts'

/** Each row holds a hash over itself and the row before: whether that still fits. */
export function Check() {
  const say = useWords(words)
  const { count } = useNumbers()
  const { data } = useAsk('verifyActs')
  if (data === undefined || (data.whole && (data.rows ?? 0) === 0)) return null
  return (
    <Alert
      mb="md"
      py="xs"
      variant="light"
      color={data.whole ? 'green' : 'red'}
      icon={<Icon name={data.whole ? 'trail' : 'failed'} />}
      role={data.whole ? 'status' : 'alert'}
    >
      {data.whole
        ? say.whole(data.rows ?? 0, count(data.rows ?? 0))
        : say.broken(count(data.brokenAt ?? 0))}
    </Alert>
  )
}
