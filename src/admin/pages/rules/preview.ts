import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type AnswerOf, type BodyOf, call } from '../../call.ts'
import { usePlaceIds } from '../../place.ts'

/** What changed settings would make of the events that came last, beside what today's make of them. */

type Answer = AnswerOf<'previewSettings'>
type Asked = BodyOf<'previewSettings'>

export function usePreview(asked: Asked, enabled = true) {
  const [text] = useDebouncedValue(JSON.stringify(asked), 300)
  return useQuery({
    ...queryOf(text, usePlaceIds()),
    // What was unfinished until now has a text of its own in a moment.
    enabled: enabled && text === JSON.stringify(asked),
    placeholderData: (former: Answer | undefined) => former,
  })
}

/** The same once, for settings that are about to be saved. */
export function useLook(): (asked: Asked) => Promise<Answer> {
  const queries = useQueryClient()
  const ids = usePlaceIds()
  return (asked) => queries.fetchQuery(queryOf(JSON.stringify(asked), ids))
}

function queryOf(text: string, { workspaceId, connectionId }: ReturnType<typeof usePlaceIds>) {
  return {
    queryKey: ['previewSettings', workspaceId, connectionId, text],
    queryFn: ({ signal }: { readonly signal: AbortSignal }): Promise<Answer> =>
      call('previewSettings', {
        params: { workspaceId, connectionId },
        body: JSON.parse(text),
        signal,
      }),
    retry: false as const,
  }
}

/** Of the events that were looked at: what would no longer go, what would go again, and what would go otherwise. */
export function effectOf({ data }: Answer) {
  const count = (fits: (row: Answer['data'][number]) => boolean) => data.filter(fits).length
  return {
    lost: count(({ before, after }) => goes(before) && !goes(after)),
    regained: count(({ before, after }) => !goes(before) && goes(after)),
    otherwise: count(({ changed, before, after }) => changed && goes(before) && goes(after)),
  }
}

function goes({ outcome }: Answer['data'][number]['before']): boolean {
  return outcome === 'send' || outcome === 'wait'
}
