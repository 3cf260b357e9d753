import { List, Text, Title } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/operator.ts'
import look from './operator.module.css'

type Flag = AnswerOf<'getInstallation'>['flags'][number]

/** What workspaces have switched off for themselves; each switches it on again in its own settings. */
export function Flags({ flags }: { readonly flags: readonly Flag[] }) {
  const say = useWords(words)
  return (
    <section className={look['card']} aria-labelledby="flags">
      <Title order={2} id="flags" mb="xs">
        {say.flags}
      </Title>
      {flags.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say.noFlags}
        </Text>
      ) : (
        <List size="sm">
          {flags.map(({ workspaceId, workspaceName, flag }) => (
            <List.Item key={`${workspaceId} ${flag}`}>
              {workspaceName}: {say.flag(flag)}
            </List.Item>
          ))}
        </List>
      )}
    </section>
  )
}
