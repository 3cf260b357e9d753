import { Button, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, memo, type ReactNode, useEffect, useRef } from 'react'
import type { Pages } from '../list.ts'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Loading } from './Loading.tsx'
import { useNumbers } from './Money.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import look from './parts.module.css'

export interface Column<Row> {
  readonly key: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** Stands to the right, with digits of one width. */
  readonly isNumber?: true
  readonly width?: number | string
}

/**
 * A list of any length: only the rows in sight are drawn, the next page is fetched before its end is
 * reached, and rows far above are let go of and fetched again for whoever goes back. On a phone each row is a card. `pages` comes from `usePages`, or is made of rows that are there.
 */
export function DataTable<Row>({
  caption,
  columns,
  pages,
  keyOf,
  empty,
  height,
  className = '',
  isLive = false,
}: {
  /** What the table lists, for readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly pages: Pages<Row>
  readonly keyOf: (row: Row) => string
  readonly empty: ReactNode
  /** Of the part that scrolls. */
  readonly height?: string
  /** Of the table. Its cells say whose they are: `data-column`. */
  readonly className?: string | undefined
  /** Rows come and go by themselves: readers are told by the page, not of each. */
  readonly isLive?: boolean
}) {
  const { rows, start = 0, problem, more, earlier, isLoadingMore, retry } = pages
  const say = useWords(words)
  const { count } = useNumbers()
  const scroll = useRef<HTMLDivElement>(null)
  const formerStart = useRef(start)
  const virtual = useVirtualizer({
    count: rows?.length ?? 0,
    getScrollElement: () => scroll.current,
    estimateSize: () => 41,
    overscan: 12,
    getItemKey: (index) => keyOf(rows![index]!),
    // Rows that come or go above leave what one looks at where it is; at the top, one sees what is new.
    anchorTo: isScrolled(scroll.current) || formerStart.current !== start ? 'end' : 'start',
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  const isNearEnd = rows !== undefined && last >= rows.length - nearRows
  const isNearStart = (shown[0]?.index ?? nearRows) < nearRows
  useEffect(() => {
    formerStart.current = start
    if (isLoadingMore) return
    // The first page stands alone until somebody scrolls: nobody asked for a second one yet.
    if (isNearEnd && more !== undefined && isScrolled(scroll.current)) more()
    else if (isNearStart) earlier?.()
  }, [isNearEnd, isNearStart, more, earlier, isLoadingMore, start])
  useEffect(() => {
    const sizes = virtual.itemSizeCache
    if (rows === undefined || sizes.size < mostSizes) return
    const held = new Set<unknown>(rows.map(keyOf))
    for (const key of sizes.keys()) if (!held.has(key)) sizes.delete(key)
  }, [rows, keyOf, virtual])

  if (rows === undefined) {
    return problem === null ? <Loading /> : <ProblemNote problem={problem} onRetry={retry} />
  }
  if (rows.length === 0 && more === undefined) return <div className={look['card']}>{empty}</div>
  const before = shown[0]?.start ?? 0
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <>
      <ProblemNote problem={problem} onRetry={retry} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
      <div
        ref={scroll}
        className={look['scroll']}
        style={height === undefined ? undefined : ({ '--table-height': height } as CSSProperties)}
        tabIndex={0}
        role="region"
        aria-label={caption}
      >
        <table
          className={`${look['table']} ${className}`}
          data-stacks
          role="table"
          aria-rowcount={more === undefined ? start + rows.length + 1 : -1}
        >
          <thead role="rowgroup">
            <tr role="row" aria-rowindex={1}>
              {columns.map(({ key, head, isNumber, width }) => (
                <th
                  key={key}
                  scope="col"
                  role="columnheader"
                  className={isNumber === true ? look['number'] : undefined}
                  style={width === undefined ? undefined : { width }}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {before > 0 && <Space height={before} columns={columns.length} />}
            {shown.map(({ index, key }) => (
              <Line
                key={key}
                row={rows[index]!}
                columns={columns}
                index={index}
                number={start + index + 2}
                measure={virtual.measureElement}
              />
            ))}
            {after > 0 && <Space height={after} columns={columns.length} />}
          </tbody>
        </table>
        {more !== undefined && (
          <div className={look['foot']}>
            <Button variant="subtle" size="xs" loading={isLoadingMore} onClick={more}>
              {say.showMore}
            </Button>
          </div>
        )}
      </div>
      {!isLive && (
        <VisuallyHidden role="status">
          {isLoadingMore
            ? say.loadingMore
            : say.rowsLoaded(start + rows.length, count(start + rows.length))}
        </VisuallyHidden>
      )}
    </>
  )
}

interface LineProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly index: number
  /** Among all rows, with the head. */
  readonly number: number
  readonly measure: (element: Element | null) => void
}

function DrawnLine<Row>({ row, columns, index, number, measure }: LineProps<Row>) {
  return (
    <tr role="row" aria-rowindex={number} data-index={index} data-link ref={measure}>
      {columns.map((column) => (
        <td
          key={column.key}
          role="cell"
          data-label={column.head}
          data-column={column.key}
          className={column.isNumber === true ? look['number'] : undefined}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** While somebody scrolls, only what comes into sight is drawn anew. */
const Line = memo(DrawnLine) as typeof DrawnLine

/** So many rows before either end the next page is fetched. */
const nearRows = 30
/** Heights of rows that were drawn; those of rows that were let go of are forgotten then. */
const mostSizes = 5000

function isScrolled(element: HTMLElement | null): boolean {
  return (element?.scrollTop ?? 0) > 0
}

/** Rows that are there already, for a list without pages. */
export function allOf<Row>({
  data,
  error,
  refetch,
}: {
  readonly data: readonly Row[] | undefined
  readonly error: Pages<Row>['problem']
  readonly refetch: () => unknown
}): Pages<Row> {
  return {
    rows: data,
    problem: error,
    more: undefined,
    isLoadingMore: false,
    retry: () => void refetch(),
  }
}

/** In the place of rows that are out of sight. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr aria-hidden="true" data-space>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}
