import { useCallback, useEffect, useRef, useState } from 'react'
import { addressOf, plainIn, type QueryOf } from '../../call.ts'
import { usePlaceIds } from '../../place.ts'
import type { Line } from './columns.tsx'

/** So many rows are kept; older ones stand under Events. */
const mostRows = 2000
/** Rows are drawn that often, however many come. */
const drawMs = 250

export interface Stream {
  /** Newest first. Undefined: nothing was heard yet. */
  readonly rows: readonly Line[] | undefined
  readonly state: 'connecting' | 'live' | 'over'
  readonly isPaused: boolean
  /** Since it was paused. */
  readonly fresh: number
  /** More came than are shown. */
  readonly skipped: number
  /** How many have come since the page was opened. */
  readonly heard: number
  readonly pause: () => void
  readonly resume: () => void
}

interface Kept {
  readonly lines: Map<number, Line>
  top: number
  heard: number
  skipped: number
}

/** Listens. While it is paused the page stands still, and what comes is kept and counted. */
export function useStream(query: QueryOf<'watchEvents'>): Stream {
  const { workspaceId, connectionId } = usePlaceIds()
  const address =
    workspaceId === undefined || connectionId === undefined
      ? undefined
      : addressOf('watchEvents', { params: { workspaceId, connectionId }, query })
  const kept = useRef<Kept>(nothing())
  const [shown, setShown] = useState<readonly Line[]>()
  const [counts, setCounts] = useState({ fresh: 0, skipped: 0, heard: 0 })
  const [state, setState] = useState<Stream['state']>('connecting')
  const [pausedAt, setPausedAt] = useState<number>()
  const paused = useRef(pausedAt)
  paused.current = pausedAt

  const draw = useCallback(() => {
    const { lines, heard, skipped } = kept.current
    const since = paused.current
    const all = [...lines.values()].toSorted((a, b) => b.seq - a.seq)
    for (const { seq } of all.splice(mostRows)) lines.delete(seq)
    const fresh = since === undefined ? 0 : all.filter(({ seq }) => seq > since).length
    setCounts({ fresh, skipped, heard })
    if (since === undefined) setShown(all)
  }, [])

  useEffect(() => {
    if (address === undefined) return
    kept.current = nothing()
    setShown(undefined)
    setState('connecting')
    setPausedAt(undefined)
    const source = new EventSource(address)
    let timer: ReturnType<typeof setTimeout> | undefined
    let isFirst = true
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        isFirst = false
        draw()
      }, drawMs)
    }
    source.addEventListener('open', () => {
      setState('live')
      later()
    })
    source.addEventListener('error', () =>
      setState(source.readyState === EventSource.CLOSED ? 'over' : 'connecting'),
    )
    source.addEventListener('row', ({ data }: MessageEvent<string>) => {
      const line = plainIn(JSON.parse(data) as Line)
      const { current } = kept
      if (!isFirst && line.seq > current.top) current.heard += 1
      current.top = Math.max(current.top, line.seq)
      current.lines.set(line.seq, line)
      later()
    })
    source.addEventListener('gone', ({ data }: MessageEvent<string>) => {
      kept.current.lines.delete((JSON.parse(data) as { readonly seq: number }).seq)
      later()
    })
    source.addEventListener('skipped', ({ data }: MessageEvent<string>) => {
      kept.current.skipped += (JSON.parse(data) as { readonly events: number }).events
      later()
    })
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [address, draw])

  const resume = () => {
    setPausedAt(undefined)
    paused.current = undefined
    draw()
  }
  return {
    rows: shown,
    state,
    isPaused: pausedAt !== undefined,
    ...counts,
    pause: () => setPausedAt(kept.current.top),
    resume,
  }
}

function nothing(): Kept {
  return { lines: new Map(), top: 0, heard: 0, skipped: 0 }
}
