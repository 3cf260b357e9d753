import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/members.ts'

/** A link that works once, to be handed over: Tillpost sends no mail. */
export function LinkDialog({
  title,
  lead,
  link,
  onClose,
}: {
  readonly title: string
  readonly lead: string
  readonly link: { readonly link: string; readonly expiresAt: string } | undefined
  readonly onClose: () => void
}) {
  const say = useWords(words)
  return (
    <Modal
      opened={link !== undefined}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': say.close }}
    >
      {link !== undefined && (
        <Stack>
          <Text>{lead}</Text>
          <TextInput
            label={say.link}
            readOnly
            value={link.link}
            onFocus={({ currentTarget }) => currentTarget.select()}
            data-autofocus
          />
          <Group justify="space-between">
            <CopyButton text={link.link} label={say.copyLink} />
            <Text size="sm" c="dimmed" component="div">
              {say.goodUntil} <Time at={link.expiresAt} isAlone />
            </Text>
          </Group>
          <Button onClick={onClose}>{say.done}</Button>
        </Stack>
      )}
    </Modal>
  )
}
