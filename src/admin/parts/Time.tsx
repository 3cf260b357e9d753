import { useEffect, useState } from 'react'
import { localeOf, useLanguage, useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { useZone } from './Zone.tsx'

// The one place where moments become text: by the clock of `useZone`, as the reader's region writes them.

type Style = keyof typeof styles

/**
 * A moment by the store's clock, with UTC and the zone for whoever points at it. `short` leaves the year and the
 * seconds away, `ago` says how long since (or until). `isAlone`: keys reach it too; in a list, each would be a stop
 * on the way to what can be done.
 */
export function Time({
  at,
  style = 'short',
  isAlone = false,
}: {
  readonly at: string | number
  readonly style?: Style | 'ago'
  readonly isAlone?: boolean
}) {
  const locale = localeOf(useLanguage())
  const format = useFormatTime()
  const hint = useTimeHint()
  const date = new Date(at)
  const now = useNow(style === 'ago')
  return (
    <time dateTime={date.toISOString()} tabIndex={isAlone ? 0 : undefined} data-hint={hint(at)}>
      {style === 'ago' ? agoOf(date.getTime() - now, locale) : format(at, style)}
    </time>
  )
}

/** A sentence of the server's: moments in it (`2026-11-21T03:00:00.000Z`) are shown as all others are. */
export function Told({ text }: { readonly text: string }) {
  return text.split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/).map((part, place) =>
    // The moments stand between the others.
    place % 2 === 1 ? <Time key={place} at={part} style="full" /> : part,
  )
}

/** For texts that are no element: the words of a chart, a label. `zone`: by another clock than the page's. */
export function useFormatTime(): (at: string | number, style?: Style, zone?: string) => string {
  const { name } = useZone()
  const locale = localeOf(useLanguage())
  return (at, style = 'short', zone = name) => formatOf(style, zone, locale).format(new Date(at))
}

/** The moment by the store's clock and by UTC, a line each. */
export function useTimeHint(): (at: string | number) => string {
  const { name, of } = useZone()
  const format = useFormatTime()
  const { ownZone } = useWords(words)
  const zone = of === 'store' ? name : ownZone(name)
  return (at) => {
    const utc = `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`
    return name === 'UTC' ? utc : `${format(at, 'full')} ${zone}\n${utc}`
  }
}

const styles = {
  full: { dateStyle: 'medium', timeStyle: 'medium' },
  short: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  moment: {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
  date: { dateStyle: 'medium' },
  day: { month: 'short', day: 'numeric' },
  hour: { hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes long; a list shows hundreds. */
function formatOf(style: Style, timeZone: string, locale: string) {
  const key = `${style} ${timeZone} ${locale}`
  const kept = formats.get(key)
  if (kept !== undefined) return kept
  const made = new Intl.DateTimeFormat(locale, { ...styles[style], timeZone })
  formats.set(key, made)
  return made
}

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

function agoOf(ms: number, locale: string): string {
  const [unit, size] = steps.find(([, length]) => Math.abs(ms) >= length) ?? ['second', 1000]
  const count = Math.trunc(ms / size)
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(count, unit)
}

function useNow(ticks: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!ticks) return
    const timer = setInterval(() => setNow(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [ticks])
  return now
}
