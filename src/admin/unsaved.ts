import { useEffect, useSyncExternalStore } from 'react'

/** What somebody has changed on the page and not saved yet. `parts/Unsaved.tsx` asks before it is lost. */

const held = new Set<symbol>()
const listeners = new Set<() => void>()

/** While `isChanged`, leaving the page asks first. */
export function useUnsaved(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined
    const mark = Symbol('unsaved')
    held.add(mark)
    tell()
    return () => {
      held.delete(mark)
      tell()
    }
  }, [isChanged])
}

export function useHasUnsaved(): boolean {
  return useSyncExternalStore(listen, hasUnsaved)
}

export function hasUnsaved(): boolean {
  return held.size > 0
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell(): void {
  for (const listener of listeners) listener()
}
