import { useMatch } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'

/** The address of the page that one arrived at last. Undefined: none yet. */
let arrivedAt: string | undefined

/**
 * For the heading of a page: whoever follows a link to another page goes on from there, and a screen reader reads it.
 * Not on the first page, of which the browser tells.
 */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  // Of what is drawn: the address changes before that.
  const { pathname } = useMatch({ strict: false })
  useEffect(() => {
    if (heading.current === null) return
    const isOther = arrivedAt !== undefined && arrivedAt !== location.pathname
    arrivedAt = location.pathname
    if (isOther) heading.current.focus({ preventScroll: true })
  }, [pathname])
  return heading
}
