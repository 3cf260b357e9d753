import { Anchor, Button, List, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { Loading } from '../../parts/Loading.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { toPage } from '../../parts/to-page.ts'
import { useWorkspaceId } from '../../place.ts'
import { words } from '../../words/settings.ts'

/** Says what would go before it goes, and has the name typed. */
export function DeleteWorkspace({ name }: { readonly name: string }) {
  const say = useWords(words)
  const workspaceId = useWorkspaceId() ?? ''
  const [isAsking, setAsking] = useState(false)
  const counts = useAsk('countForDeletion', {}, { enabled: isAsking })
  const remove = useAct('deleteWorkspace', {
    // Nothing that the page knew is there any more.
    onDone: () => window.location.assign('/admin'),
  })
  const found = counts.data
  const isConnected = found !== undefined && found.connected > 0
  return (
    <Panel title={say.danger} lead={say.dangerLead}>
      <div>
        <Button variant="light" color="red" onClick={() => setAsking(true)}>
          {say.delete}
        </Button>
      </div>
      <ConfirmDialog
        opened={isAsking}
        title={say.deleteTitle(name)}
        action={say.deleteDo}
        danger
        typed={name}
        disabled={found === undefined || isConnected}
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ body: { name } })}
        onClose={() => setAsking(false)}
      >
        <ProblemNote problem={counts.error} onRetry={() => void counts.refetch()} />
        {found === undefined ? (
          counts.error === null && <Loading rows={2} />
        ) : isConnected ? (
          <Text>
            {say.deleteConnected(found.connected)}{' '}
            <Anchor
              component={Link}
              {...toPage(workspaceId, 'integrations')}
              inherit
              underline="always"
            >
              {say.toIntegrations}
            </Anchor>
            .
          </Text>
        ) : (
          <Stack gap="xs">
            <List>
              {(['stores', 'members', 'waiting', 'failed'] as const)
                .filter((what) => found[what] > 0)
                .map((what) => (
                  <List.Item key={what}>{say.deleteCounts[what](found[what])}</List.Item>
                ))}
            </List>
            <Text>{say.deleteMore}</Text>
          </Stack>
        )}
      </ConfirmDialog>
    </Panel>
  )
}
