import type { KeyboardEvent } from 'react'

/** For a button that opens a menu: the arrow that goes on within it opens it too. */
export function openByArrow(event: KeyboardEvent<HTMLButtonElement>): void {
  if (event.key !== 'ArrowDown') return
  // Neither does the page scroll by it.
  event.preventDefault()
  event.currentTarget.click()
}
