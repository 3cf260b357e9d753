import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { chooseLanguage, type Language, languages, useLanguage } from '../language.ts'
import { Mark } from './Mark.tsx'
import look from './lone.module.css'

/** A page with one thing to do, for whoever is not signed in yet. */
export function Lone({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
}) {
  const language = useLanguage()
  useEffect(() => {
    document.title = `${title} · Tillpost`
  }, [title])
  return (
    <div className={look['ground']}>
      <header>
        <Group gap="xs" justify="center">
          <Mark size={30} />
          <Text fw={650} size="lg">
            Tillpost
          </Text>
        </Group>
      </header>
      <Paper component="main" className={look['paper']} p={{ base: 'lg', sm: 'xl' }}>
        <Stack gap="md">
          <div>
            <Title order={1}>{title}</Title>
            {lead !== undefined && (
              <Text c="dimmed" mt={4}>
                {lead}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Paper>
      <footer>
        <Group gap="md" justify="center">
          {(Object.entries(languages) as [Language, string][]).map(([key, word]) => (
            <Anchor
              key={key}
              component="button"
              type="button"
              size="sm"
              className={look['language']}
              lang={key}
              aria-pressed={key === language}
              underline={key === language ? 'always' : 'hover'}
              onClick={() => chooseLanguage(key)}
            >
              {word}
            </Anchor>
          ))}
        </Group>
      </footer>
    </div>
  )
}
