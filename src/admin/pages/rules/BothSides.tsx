import { Alert, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import parts from '../../parts/parts.module.css'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/rules.ts'
import type { Version } from './History.tsx'

/** Somebody saved the same while it was changed here: both beside each other, and one of them is chosen. */
export function BothSides({
  say,
  latest,
  theirs,
  own,
  isBusy,
  onKeep,
  onTake,
}: {
  readonly say: Readonly<
    Record<
      'overtaken' | 'overtakenMore' | 'theirs' | 'ownSide' | 'notSaved' | 'takeTheirs' | 'keepOwn',
      string
    >
  >
  /** The version that made it what it is now, where that is known. */
  readonly latest: Version | undefined
  readonly theirs: ReactNode
  readonly own: ReactNode
  readonly isBusy: boolean
  readonly onKeep: () => void
  readonly onTake: () => void
}) {
  const { version, actors } = useWords(words)
  return (
    <Alert
      color="orange"
      variant="light"
      role="alert"
      icon={<Icon name="failed" />}
      title={say.overtaken}
    >
      <Stack gap="md">
        <Text size="sm">{say.overtakenMore}</Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <OneSide
            title={say.theirs}
            more={
              latest !== undefined && (
                <>
                  {version(latest.version)} · <Time at={latest.changedAt} style="full" />
                  {latest.by !== undefined && ` · ${latest.by.name ?? actors[latest.by.type]}`}
                </>
              )
            }
          >
            {theirs}
          </OneSide>
          <OneSide title={say.ownSide} more={say.notSaved}>
            {own}
          </OneSide>
        </SimpleGrid>
        <Group gap="xs">
          <Button variant="default" size="xs" disabled={isBusy} onClick={onTake}>
            {say.takeTheirs}
          </Button>
          <Button color="red.8" size="xs" loading={isBusy} onClick={onKeep}>
            {say.keepOwn}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function OneSide({
  title,
  more,
  children,
}: {
  readonly title: string
  readonly more: ReactNode
  readonly children: ReactNode
}) {
  return (
    <Stack
      className={`${parts['card']} ${parts['any']}`}
      p="sm"
      gap="xs"
      component="section"
      aria-label={title}
    >
      <div>
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text size="xs" c="dimmed" component="div">
          {more}
        </Text>
      </div>
      {children}
    </Stack>
  )
}
