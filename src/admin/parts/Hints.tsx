import { Suspense, useEffect, useState } from 'react'
import { later } from './later.ts'

const ShownHints = later(async () => (await import('./ShownHints.tsx')).ShownHints)

/**
 * What elements with `data-hint` tell when one points at them, taps them or reaches them by keys; the Escape key
 * puts it away. One for all, fetched with the first: a tooltip of its own for each moment in a list is the slowest
 * part of drawing it.
 */
export function Hints() {
  const [first, setFirst] = useState<Element>()
  useEffect(() => {
    if (first !== undefined) return undefined
    const look = ({ target }: Event): void => setFirst(hintedOf(target))
    document.addEventListener('pointerover', look, { passive: true })
    document.addEventListener('focusin', look)
    return () => {
      document.removeEventListener('pointerover', look)
      document.removeEventListener('focusin', look)
    }
  }, [first])
  if (first === undefined) return null
  return (
    <Suspense>
      <ShownHints first={first} />
    </Suspense>
  )
}

/** The element with a hint in which something happened. */
export function hintedOf(target: EventTarget | null): Element | undefined {
  return (target instanceof Element && target.closest('[data-hint]')) || undefined
}
