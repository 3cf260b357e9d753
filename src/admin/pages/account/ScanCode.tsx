import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { encode } from 'uqr'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { words } from '../../words/account.ts'

/** The secret as a picture for the authenticator, drawn here: it leaves this page for nobody. */
export function ScanCode({
  setup,
  onConfirmed,
  onClose,
}: {
  readonly setup: AnswerOf<'startSecondFactor'> | undefined
  readonly onConfirmed: (recoveryCodes: readonly string[]) => void
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } })
  const confirm = useAct('confirmSecondFactor', {
    onDone: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
  })
  return (
    <Modal
      opened={setup !== undefined}
      onClose={onClose}
      title={say.setUp}
      closeButtonProps={{ 'aria-label': say.close }}
    >
      {setup !== undefined && (
        <form
          onSubmit={form.onSubmit(({ code }) =>
            confirm.mutate({ body: { setup: setup.setup, code: code.trim() } }),
          )}
        >
          <Stack>
            <Text>{say.scan}</Text>
            <Group justify="center">
              <QrCode text={setup.url} label={say.qrCode} />
            </Group>
            <Text size="sm" c="dimmed">
              {say.orType}
            </Text>
            <Group gap="xs">
              <Code>{setup.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</Code>
              <CopyButton text={setup.secret} />
            </Group>
            <ProblemNote problem={confirm.error} />
            <TextInput
              label={say.firstCode}
              description={say.firstCodeHint}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
              minLength={6}
              maxLength={32}
              data-autofocus
              {...form.getInputProps('code')}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say.cancel}
              </Button>
              <Button type="submit" loading={confirm.isPending}>
                {say.switchOn}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: 2 })
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      style={{ borderRadius: 8 }}
    >
      {/* Dark on light whatever the page is: cameras read nothing else reliably. */}
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
