import { Badge } from '@mantine/core'
import type { AnswerOf } from '../call.ts'
import { Icon, type IconName } from './Icon.tsx'

type Result = AnswerOf<'listSyncs'>['data'][number]['result']

/** What an exchange with Klaviyo came to: a word and a sign, as `StatusPill` for events. */
export function ResultPill({ result, word }: { readonly result: Result; readonly word: string }) {
  const { color, icon } = signs[result]
  return (
    <Badge
      variant="light"
      color={color}
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Icon name={icon} size={13} />}
    >
      {word}
    </Badge>
  )
}

const signs: Readonly<Record<Result, { readonly color: string; readonly icon: IconName }>> = {
  accepted: { color: 'green', icon: 'check' },
  refused: { color: 'red', icon: 'cross' },
  limited: { color: 'orange', icon: 'clock' },
  'no answer': { color: 'orange', icon: 'none' },
  trouble: { color: 'orange', icon: 'failed' },
}
