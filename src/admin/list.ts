import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Problem } from './call.ts'

/** An answer of the API with a part of a list. */
export interface Answer {
  readonly data: readonly unknown[]
  /** Where the next begins; absent: this is the end. */
  readonly next?: string | undefined
}

/** Where an answer begins. The chain leads back to the first, so that what was let go of can be asked for again. */
interface Spot {
  readonly cursor?: string
  /** Of the rows before it. */
  readonly start: number
  /** What all answers before came to, for who asked to have them added up. */
  readonly sum: number
  readonly answers: number
  readonly former?: Spot
}

export interface Pages<Row> {
  /** Undefined: not there yet. */
  readonly rows: readonly Row[] | undefined
  /** How many rows stand before them; absent: none ever do. */
  readonly start?: number
  readonly problem: Problem | null
  /** Undefined: that was the last page. */
  readonly more: (() => void) | undefined
  /** Rows before the first that were let go of; absent: there are none. */
  readonly earlier?: (() => void) | undefined
  readonly isLoadingMore: boolean
  readonly retry: () => void
}

interface List<A extends Answer> extends Pages<A['data'][number]> {
  readonly first: A | undefined
  /** Of all answers up to the last that is held. */
  readonly found: number
  readonly answers: number
  readonly sum: number
}

interface ListOptions<A> {
  readonly enabled?: boolean
  /** Ask again after so long. Whoever has gone on to a second page reads: that is left as it is. */
  readonly everyMs?: number | undefined
  readonly sumOf?: (answer: A) => number
}

/** A list may be of millions: so many rows are held, and what is far from what one looks at is let go of. */
const heldRows = 1000

export function useList<A extends Answer>(
  queryKey: readonly unknown[],
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<A>,
  { enabled = true, everyMs, sumOf = () => 0 }: ListOptions<A> = {},
): List<A> {
  const held = useQueryClient().getQueryData<InfiniteData<A, Spot>>(queryKey)
  const rowsHeld = held?.pages.reduce((sum, { data }) => sum + data.length, 0) ?? 0
  const query = useInfiniteQuery<A, Problem, InfiniteData<A, Spot>, readonly unknown[], Spot>({
    queryKey,
    queryFn: ({ pageParam, signal }) => ask(pageParam.cursor, signal),
    initialPageParam: { start: 0, sum: 0, answers: 0 },
    getNextPageParam: (answer, _all, spot) =>
      answer.next === undefined ? undefined : after(spot, answer, answer.next),
    getPreviousPageParam: (_answer, _all, spot) => spot.former,
    // One that comes in at one end puts one out at the other. Answers may be nearly empty: it is the rows that count.
    maxPages: held === undefined || rowsHeld < heldRows ? 0 : held.pages.length,
    // It would compare the whole chain of spots.
    structuralSharing: false,
    enabled,
    refetchInterval: everyMs !== undefined && (held?.pages.length ?? 0) < 2 ? everyMs : false,
  })
  const { data, hasNextPage, hasPreviousPage, fetchNextPage, fetchPreviousPage } = query
  const rows = useMemo(() => data?.pages.flatMap((answer) => answer.data), [data])
  const [firstSpot, lastSpot] = [data?.pageParams[0], data?.pageParams.at(-1)]
  const last = data?.pages.at(-1)
  const end = lastSpot === undefined || last === undefined ? undefined : after(lastSpot, last)
  return {
    rows,
    start: firstSpot?.start ?? 0,
    problem: query.error,
    more: hasNextPage ? () => void fetchNextPage() : undefined,
    earlier: hasPreviousPage ? () => void fetchPreviousPage() : undefined,
    isLoadingMore: query.isFetchingNextPage || query.isFetchingPreviousPage,
    retry: () => void query.refetch(),
    first: data?.pages[0],
    found: end?.start ?? 0,
    answers: end?.answers ?? 0,
    sum: end?.sum ?? 0,
  }

  function after(spot: Spot, answer: A, cursor?: string): Spot {
    return {
      ...(cursor === undefined ? {} : { cursor }),
      start: spot.start + answer.data.length,
      sum: spot.sum + sumOf(answer),
      answers: spot.answers + 1,
      former: spot,
    }
  }
}
