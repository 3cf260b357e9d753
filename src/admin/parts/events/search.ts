import { useEffect } from 'react'
import { type AnswerOf, call, type QueryOf } from '../../call.ts'
import { type Pages, useList } from '../../list.ts'
import { usePlaceIds } from '../../place.ts'
import type { Line } from './columns.tsx'

type Name = 'listEvents' | 'getTimeline'

/** So many answers without a find before it is asked whether to look further back. */
const mostEmpty = 20
const pageRows = 100

interface Search extends Pages<Line> {
  readonly people: AnswerOf<'getTimeline'>['people']
  /** How many events were looked through. */
  readonly looked: number
  readonly isLooking: boolean
}

/** Goes on by itself while an answer had nothing in it but there is more to look through. */
export function useSearch<Asked extends Name>(
  name: Asked,
  query: QueryOf<Asked>,
  enabled = true,
): Search {
  const params = usePlaceIds()
  const list = useList(
    [name, params, query, 'search'],
    async (cursor, signal) =>
      (await call(name, {
        params,
        query: { limit: String(pageRows), ...query, ...(cursor === undefined ? {} : { cursor }) },
        signal,
      })) as AnswerOf<'listEvents'> & Partial<AnswerOf<'getTimeline'>>,
    {
      enabled: enabled && params['connectionId'] !== undefined,
      sumOf: ({ looked }) => looked,
    },
  )
  const { more, isLoadingMore, found, answers } = list
  const isPoor = more !== undefined && found < pageRows / 4 && answers < mostEmpty
  useEffect(() => {
    if (isPoor && !isLoadingMore) more()
  }, [isPoor, isLoadingMore, answers])
  return { ...list, people: list.first?.people ?? [], looked: list.sum, isLooking: isPoor }
}
