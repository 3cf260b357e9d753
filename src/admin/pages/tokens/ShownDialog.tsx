import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { words } from '../../words/tokens.ts'

/** The token itself, this once: closing takes a click that says it is kept. */
export function ShownDialog({
  token,
  onClose,
}: {
  readonly token: AnswerOf<'createToken'> | undefined
  readonly onClose: () => void
}) {
  const say = useWords(words)
  return (
    <Modal
      opened={token !== undefined}
      onClose={onClose}
      title={say.shown}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      size="lg"
    >
      {token !== undefined && (
        <Stack>
          <Text>{say.shownLead}</Text>
          <TextInput
            label={token.name}
            readOnly
            value={token.token}
            ff="monospace"
            onFocus={({ currentTarget }) => currentTarget.select()}
            data-autofocus
          />
          <Group>
            <CopyButton text={token.token} label={say.copyToken} />
          </Group>
          <Text size="sm" c="dimmed">
            {say.example}
          </Text>
          <Code block tabIndex={0}>
            {`curl ${location.origin}/api/v1/session \\\n  -H 'authorization: Bearer ${token.token.slice(0, 6)}…'`}
          </Code>
          <Button onClick={onClose}>{say.kept}</Button>
        </Stack>
      )}
    </Modal>
  )
}
