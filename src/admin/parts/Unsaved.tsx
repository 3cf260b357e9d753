import { useBlocker } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { useWords } from '../language.ts'
import { useHasUnsaved } from '../unsaved.ts'
import { words } from '../words/parts.ts'
import { later } from './later.ts'

const UnsavedDialog = later(
  async () => (await import('./UnsavedDialog.tsx')).UnsavedDialog,
  AskedByBrowser,
)

/** Asks before changes that were not saved are lost: by a link, by the way back, or by closing the page. */
export function Unsaved() {
  const hasUnsaved = useHasUnsaved()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: isElsewhere,
    enableBeforeUnload: hasUnsaved,
    disabled: !hasUnsaved,
    withResolver: true,
  })
  // Fetched with the first change, before it has to be shown.
  const [isNeeded, setIsNeeded] = useState(false)
  if (!isNeeded && hasUnsaved) setIsNeeded(true)
  if (!isNeeded) return null
  return (
    <Suspense>
      <UnsavedDialog
        opened={status === 'blocked'}
        onLeave={() => proceed?.()}
        onStay={() => reset?.()}
      />
    </Suspense>
  )
}

interface Place {
  readonly pathname: string
  readonly search: object
}

/** Another store or connection is another page, too. */
function isElsewhere({
  current,
  next,
}: {
  readonly current: Place
  readonly next: Place
}): boolean {
  return (
    current.pathname !== next.pathname ||
    JSON.stringify(current.search) !== JSON.stringify(next.search)
  )
}

/** The same question where our own dialog could not be fetched. */
function AskedByBrowser({
  opened,
  onLeave,
  onStay,
}: {
  readonly opened: boolean
  readonly onLeave: () => void
  readonly onStay: () => void
}) {
  const say = useWords(words)
  useEffect(() => {
    if (!opened) return
    if (confirm(`${say.unsaved}\n${say.unsavedMore}`)) onLeave()
    else onStay()
  })
  return null
}
