import { useSyncExternalStore } from 'react'

/** The session has ended under a page that holds what is not saved yet: signing in elsewhere keeps it. */
let isOver = false
const listeners = new Set<() => void>()

export function setSessionOver(is: boolean): void {
  if (is === isOver) return
  isOver = is
  for (const listener of listeners) listener()
}

export function useSessionOver(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isOver,
  )
}
