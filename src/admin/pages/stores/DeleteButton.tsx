import { Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useAct } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { useMay } from '../../place.ts'
import { words } from '../../words/stores.ts'

interface Thing {
  readonly id: string
  readonly name: string
  /** What is connected cannot be deleted. */
  readonly isConnected: boolean
}

export function DeleteStore({ id, ...rest }: Thing) {
  const say = useWords(words)
  const done = useDone()
  const remove = useAct('deleteStore', { onDone: () => done(rest.name) })
  if (!useMay()('deleteStore')) return null
  return (
    <DeleteButton
      {...rest}
      label={say.deleteStore}
      more={say.deleteStoreMore}
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate({ params: { storeId: id } })}
    />
  )
}

export function DeleteSource({ id, ...rest }: Thing) {
  const say = useWords(words)
  const done = useDone()
  const remove = useAct('deleteSource', { onDone: () => done(rest.name) })
  if (!useMay()('deleteSource')) return null
  return (
    <DeleteButton
      {...rest}
      label={say.deleteSource}
      more={say.deleteSourceMore}
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate({ params: { sourceId: id } })}
    />
  )
}

function useDone(): (name: string) => void {
  const say = useWords(words)
  return (name) => notifications.show({ message: say.deleted(name), color: 'green' })
}

/** Says what goes with it, and has the name typed. */
function DeleteButton({
  name,
  isConnected,
  label,
  more,
  busy,
  problem,
  onConfirm,
}: Omit<Thing, 'id'> & {
  readonly label: string
  readonly more: string
  readonly busy: boolean
  readonly problem: Error | null
  readonly onConfirm: () => void
}) {
  const say = useWords(words)
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="xs"
        variant="light"
        color="red"
        aria-label={`${label} ${name}`}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={say.deleteTitle(name)}
        action={say.deleteDo}
        danger
        typed={name}
        disabled={isConnected}
        busy={busy}
        problem={problem}
        onConfirm={onConfirm}
        onClose={() => setAsking(false)}
      >
        <Text>{isConnected ? say.deleteConnected : more}</Text>
      </ConfirmDialog>
    </>
  )
}
