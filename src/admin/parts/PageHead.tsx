import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useArrival } from './arrival.ts'
import look from './parts.module.css'
import { WhoseClock } from './Zone.tsx'

/** The heading of a page, which names the browser's tab too; what it is for; what one can do. */
export function PageHead({
  title,
  lead,
  actions,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
}) {
  const heading = useArrival()
  useEffect(() => {
    document.title = `${title} · Tillpost`
  }, [title])
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={2} maw={720} className={look['any']}>
        <Title ref={heading} order={1} lineClamp={3} tabIndex={-1}>
          {title}
        </Title>
        {lead !== undefined && <Text c="dimmed">{lead}</Text>}
        <WhoseClock />
      </Stack>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
