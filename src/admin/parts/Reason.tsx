import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReasonCode, reasons } from '../../core/reason.ts'
import { useLanguage, useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Prose } from './Prose.tsx'
import { useTell } from './tell.ts'

/** Why an event ended as it did, or waits: a sentence, and what to do about it. */
export function Reason({
  code,
  says,
  withTodo = true,
}: {
  readonly code: string
  /** What the API said of it, if that is more than the sentence. */
  readonly says?: string | undefined
  readonly withTodo?: boolean
}) {
  const say = useWords(words)
  const told = useReasons()(code)
  const tell = useTell()
  return (
    <Stack gap={2}>
      <Text size="sm">
        <Prose text={says === undefined ? told.sentence : tell(says)} />
      </Text>
      {withTodo && told.todo !== undefined && (
        <Text size="sm" c="dimmed">
          <Text span inherit fw={550}>
            {say.whatToDo}:
          </Text>{' '}
          <Prose text={told.todo} />
        </Text>
      )}
    </Stack>
  )
}

/** The sentences in the reader's language. A code that this version does not know stands for itself. */
export function useReasons(): (code: string) => {
  readonly sentence: string
  readonly todo?: string
} {
  const language = useLanguage()
  const { data: german } = useQuery({
    queryKey: ['german reasons'],
    queryFn: async () => (await import('../words/reasons.ts')).german,
    enabled: language === 'de',
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (code) => {
    if (!isReason(code)) return { sentence: code }
    const [sentence, todo] = german?.[code] ?? []
    return language === 'de' && sentence !== undefined && todo !== undefined
      ? { sentence, todo }
      : reasons[code]
  }
}

export function isReason(code: string): code is ReasonCode {
  return Object.hasOwn(reasons, code)
}
