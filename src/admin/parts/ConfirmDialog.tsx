import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { ProblemNote } from './ProblemNote.tsx'

interface Props {
  readonly opened: boolean
  readonly title: string
  readonly children: ReactNode
  /** The verb of the button: `Disconnect`, not `OK`. */
  readonly action: string
  /** Of the other button; `Cancel` unless told. */
  readonly keep?: string
  readonly danger?: boolean
  /** Has to be typed first: for what is gone for good. */
  readonly typed?: string
  /** It cannot be done now; what is shown says why. */
  readonly disabled?: boolean
  readonly busy?: boolean
  readonly problem?: Error | null
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before what cannot be undone, or reaches many: says what will happen, with the number, and what not. */
export function ConfirmDialog(props: Props) {
  const say = useWords(words)
  const { opened, title, onClose } = props
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': say.close }}
    >
      <Question {...props} />
    </Modal>
  )
}

/** Anew each time the dialog opens: what was typed before does not count. */
function Question({
  children,
  action,
  keep,
  danger = false,
  typed,
  disabled = false,
  busy = false,
  problem,
  onConfirm,
  onClose,
}: Props) {
  const say = useWords(words)
  const [text, setText] = useState('')
  return (
    <Stack>
      <div>{children}</div>
      {typed !== undefined && !disabled && (
        <TextInput
          label={say.typeToConfirm(typed)}
          value={text}
          autoComplete="off"
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
      )}
      <ProblemNote problem={problem} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {keep ?? say.cancel}
        </Button>
        <Button
          color={danger ? 'red.8' : 'brand'}
          loading={busy}
          disabled={disabled || (typed !== undefined && text.trim() !== typed.trim())}
          onClick={onConfirm}
        >
          {action}
        </Button>
      </Group>
    </Stack>
  )
}
