import { Button, Code, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { words } from '../../words/account.ts'

/** Shown this once: closing takes a click that says they are kept. */
export function RecoveryCodes({
  codes,
  onClose,
}: {
  readonly codes: readonly string[] | undefined
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const text = codes?.join('\n') ?? ''
  return (
    <Modal
      opened={codes !== undefined}
      onClose={onClose}
      title={say.recoveryCodes}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <Text>{say.recoveryLead}</Text>
        <SimpleGrid cols={2} spacing="xs">
          {codes?.map((code) => (
            <Code key={code} ta="center" fz="md">
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group>
          <CopyButton text={text} of={say.recoveryCodes} />
          <Button
            component="a"
            variant="default"
            size="xs"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
            download="tillpost-recovery-codes.txt"
            leftSection={<Icon name="download" size={14} />}
          >
            {say.saveFile}
          </Button>
        </Group>
        <Button onClick={onClose}>{say.kept}</Button>
      </Stack>
    </Modal>
  )
}
