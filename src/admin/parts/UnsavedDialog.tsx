import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'

export function UnsavedDialog({
  opened,
  onLeave,
  onStay,
}: {
  readonly opened: boolean
  readonly onLeave: () => void
  readonly onStay: () => void
}) {
  const say = useWords(words)
  return (
    <ConfirmDialog
      opened={opened}
      title={say.unsaved}
      action={say.leave}
      keep={say.keepEditing}
      danger
      onConfirm={onLeave}
      onClose={onStay}
    >
      {say.unsavedMore}
    </ConfirmDialog>
  )
}
