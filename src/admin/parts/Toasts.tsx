import { notificationsStore, useNotifications } from '@mantine/notifications'
import { Suspense, useState } from 'react'
import { later } from './later.ts'

const ShownToasts = later(async () => (await import('./ShownToasts.tsx')).ShownToasts)

/** What is told in passing. What shows it is fetched with the first that there is to tell. */
export function Toasts() {
  const { notifications } = useNotifications(notificationsStore)
  const [isNeeded, setIsNeeded] = useState(false)
  if (!isNeeded && notifications.length > 0) setIsNeeded(true)
  return isNeeded ? (
    <Suspense>
      <ShownToasts />
    </Suspense>
  ) : null
}
