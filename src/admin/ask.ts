import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import {
  type AnswerOf,
  type BodyOf,
  call,
  type OperationName,
  type ParamsOf,
  placesOf,
  type Problem,
  type QueryOf,
} from './call.ts'
import { type Answer, type Pages, useList } from './list.ts'
import { usePlaceIds } from './place.ts'

/** The API in pages. `workspaceId` and `connectionId` are the chosen ones where they are not given. */

type Loose<Params> = Omit<Params, 'workspaceId' | 'connectionId'> &
  Partial<Pick<Params, Extract<keyof Params, 'workspaceId' | 'connectionId'>>>

type Needed<Key extends string, T> = {} extends T
  ? { readonly [K in Key]?: T }
  : { readonly [K in Key]: T }

export type Asked<Name extends OperationName> = Needed<'params', Loose<ParamsOf<Name>>> & {
  readonly query?: QueryOf<Name>
}

type Done<Name extends OperationName> = Needed<'params', Loose<ParamsOf<Name>>> &
  (unknown extends BodyOf<Name> ? { readonly body?: never } : { readonly body: BodyOf<Name> })

interface AskOptions {
  /** False: not now. */
  readonly enabled?: boolean
  /** Ask again after so long, while somebody looks. */
  readonly everyMs?: number
  /** Show what was there until the new answer has come: for filters. */
  readonly keep?: boolean
}

/** Reads. `useAsk('listStores')`, `useAsk('getEvent', { params: { messageId } })`. */
export function useAsk<Name extends OperationName>(
  name: Name,
  ...[asked, options = {}]: {} extends Asked<Name>
    ? [asked?: Asked<Name>, options?: AskOptions]
    : [asked: Asked<Name>, options?: AskOptions]
): UseQueryResult<AnswerOf<Name>, Problem> {
  const params = useFilled(name, asked?.params)
  const query = asked?.query
  return useQuery<AnswerOf<Name>, Problem>({
    queryKey: [name, params ?? {}, query ?? {}],
    queryFn: ({ signal }) => call(name, { params, query, signal }),
    enabled: params !== undefined && options.enabled !== false,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.keep === true
      ? { placeholderData: (former: AnswerOf<Name> | undefined) => former as never }
      : {}),
  })
}

type RowOf<Name extends OperationName> =
  AnswerOf<Name> extends { readonly data: readonly (infer Row)[] } ? Row : never

/** Reads a list page by page, for `DataTable`. */
export function usePages<Name extends OperationName>(
  name: Name,
  ...[asked, options = {}]: {} extends Asked<Name>
    ? [asked?: Asked<Name>, options?: AskOptions]
    : [asked: Asked<Name>, options?: AskOptions]
): Pages<RowOf<Name>> {
  const params = useFilled(name, asked?.params)
  const query = asked?.query
  return useList(
    [name, params ?? {}, query ?? {}, 'pages'],
    async (cursor, signal) =>
      (await call(name, {
        params,
        query: { ...query, ...(cursor === undefined ? {} : { cursor }) },
        signal,
      })) as Answer & { readonly data: readonly RowOf<Name>[] },
    { enabled: params !== undefined && options.enabled !== false, everyMs: options.everyMs },
  )
}

interface ActOptions<Name extends OperationName> {
  readonly onDone?: (answer: AnswerOf<Name>) => void
}

/**
 * Changes something: `act.mutate({ body })`. What pages show is read again afterwards. The same asked again while
 * it is under way is a second click, and does nothing.
 */
export function useAct<Name extends OperationName>(
  name: Name,
  { onDone }: ActOptions<Name> = {},
): UseMutationResult<AnswerOf<Name>, Problem, Done<Name>> {
  const queries = useQueryClient()
  const ids = usePlaceIds()
  const underWay = useRef(new Set<string>())
  const act = useMutation<AnswerOf<Name>, Problem, Done<Name>>({
    mutationKey: [name],
    mutationFn: (given) =>
      call(name, {
        params: fill(name, ids, (given as { readonly params?: object }).params),
        body: (given as { readonly body?: unknown }).body,
      }),
    onSuccess: async (answer) => {
      onDone?.(answer)
      await queries.invalidateQueries()
    },
    // Somebody else was first: the page shows what there is now, for whoever asks once more.
    onError: ({ code }) => {
      if (code === 'version_old') void queries.invalidateQueries()
    },
    onSettled: (_answer, _problem, given) => void underWay.current.delete(JSON.stringify(given)),
  })
  const start = act.mutate
  // The same function each time: effects ask by it.
  const mutate = useCallback<typeof start>(
    (...asked) => {
      const text = JSON.stringify(asked[0])
      if (underWay.current.has(text)) return
      underWay.current.add(text)
      start(...asked)
    },
    [start],
  )
  return { ...act, mutate }
}

/** Undefined: the workspace or connection that it needs is not there (yet). */
function useFilled(name: OperationName, given: object | undefined): object | undefined {
  const ids = usePlaceIds()
  const filled = fill(name, ids, given)
  const all = new Map(Object.entries(filled))
  return placesOf(name).every((place) => (all.get(place) ?? '') !== '') ? filled : undefined
}

function fill(
  name: OperationName,
  ids: Readonly<Record<string, string | undefined>>,
  given: object | undefined,
): object {
  const known = placesOf(name).flatMap((place) =>
    ids[place] === undefined ? [] : [[place, ids[place]] as const],
  )
  return { ...Object.fromEntries(known), ...given }
}
