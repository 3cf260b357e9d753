import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { hintedOf } from './Hints.tsx'
import look from './parts.module.css'

/** Of the text that whoever hears pages is told of an element with a hint. */
const told = 'hint'

/** So long one has to point at an element. */
const pointedMs = 200

/** `first`: the element at which somebody pointed when this was fetched. */
export function ShownHints({ first }: { readonly first: Element }) {
  const [at, setAt] = useState<Element | undefined>(() =>
    // It may have been left meanwhile.
    first.matches(':hover, :focus') ? first : undefined,
  )
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (element: Element | undefined, afterMs = 0): void => {
      clearTimeout(timer)
      timer = setTimeout(() => setAt(element), afterMs)
    }
    const listeners = {
      pointerover: (event: Event) => {
        const element = hintedOf(event.target)
        if (element === undefined) show(hintedOf(document.activeElement))
        else show(element, pointedMs)
      },
      focusin: (event: Event) => show(hintedOf(event.target)),
      focusout: () => show(undefined),
      scroll: () => show(undefined),
      keydown: (event: Event) => {
        if ((event as KeyboardEvent).key === 'Escape') show(undefined)
      },
    }
    for (const [name, listener] of Object.entries(listeners))
      document.addEventListener(name, listener, { capture: true, passive: true })
    return () => {
      clearTimeout(timer)
      for (const [name, listener] of Object.entries(listeners))
        document.removeEventListener(name, listener, { capture: true })
    }
  }, [])
  useEffect(() => {
    at?.setAttribute('aria-describedby', told)
    return () => at?.removeAttribute('aria-describedby')
  }, [at])
  const text = at?.getAttribute('data-hint') ?? ''
  return (
    <>
      <div id={told} hidden>
        {text}
      </div>
      {at instanceof HTMLElement && (
        <Tooltip target={at} className={look['lines']} label={text} opened />
      )}
    </>
  )
}
