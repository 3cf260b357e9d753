import { Alert, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { PasswordField } from '../../parts/PasswordField.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Section } from '../../parts/Section.tsx'
import { words } from '../../words/account.ts'
import { RecoveryCodes } from './RecoveryCodes.tsx'
import { ScanCode } from './ScanCode.tsx'

type Setup = AnswerOf<'startSecondFactor'>

/** From nothing over password, QR code and first code to the recovery codes; and off again. */
export function SecondFactor({
  isOn,
  codesLeft,
}: {
  readonly isOn: boolean
  readonly codesLeft: number
}) {
  const say = useWords(words)
  const { count } = useNumbers()
  const [asked, setAsked] = useState<'on' | 'off'>()
  const [setup, setSetup] = useState<Setup>()
  const [codes, setCodes] = useState<readonly string[]>()
  const start = useAct('startSecondFactor', {
    onDone: (made) => {
      setAsked(undefined)
      setSetup(made)
    },
  })
  const drop = useAct('dropSecondFactor', { onDone: () => setAsked(undefined) })
  const isBusy = start.isPending || drop.isPending
  return (
    <Section title={say.secondFactor} lead={say.secondFactorLead}>
      <Stack align="flex-start">
        <Group gap="sm">
          <Badge
            variant="light"
            color={isOn ? 'green' : 'gray'}
            radius="sm"
            tt="none"
            leftSection={<Icon name={isOn ? 'check' : 'none'} size={13} />}
          >
            {isOn ? say.isOn : say.isOff}
          </Badge>
          {isOn && <Text c="dimmed">{say.codesLeft(codesLeft, count(codesLeft))}</Text>}
        </Group>
        {isOn && codesLeft < 3 && (
          <Alert color="orange" variant="light">
            {say.fewCodes}
          </Alert>
        )}
        {isOn ? (
          <Button variant="default" onClick={() => setAsked('off')}>
            {say.switchOff}
          </Button>
        ) : (
          <Button onClick={() => setAsked('on')}>{say.setUp}</Button>
        )}
      </Stack>
      <AskPassword
        opened={asked !== undefined}
        title={asked === 'off' ? say.switchOff : say.setUp}
        lead={asked === 'off' ? say.switchOffLead : say.setUpLead}
        busy={isBusy}
        problem={asked === 'off' ? drop.error : start.error}
        onClose={() => setAsked(undefined)}
        onGiven={(password) =>
          asked === 'off'
            ? drop.mutate({ body: { password } })
            : start.mutate({ body: { password } })
        }
      />
      <ScanCode
        setup={setup}
        onClose={() => setSetup(undefined)}
        onConfirmed={(made) => {
          setSetup(undefined)
          setCodes(made)
        }}
      />
      <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />
    </Section>
  )
}

function AskPassword({
  opened,
  title,
  lead,
  busy,
  problem,
  onGiven,
  onClose,
}: {
  readonly opened: boolean
  readonly title: string
  readonly lead: string
  readonly busy: boolean
  readonly problem: Error | null
  readonly onGiven: (password: string) => void
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => form.reset()}
      title={title}
      closeButtonProps={{ 'aria-label': say.close }}
    >
      <form onSubmit={form.onSubmit(({ password }) => onGiven(password))}>
        <Stack>
          <Text>{lead}</Text>
          <ProblemNote problem={problem} />
          <PasswordField
            label={say.yourPassword}
            autoComplete="current-password"
            data-autofocus
            {...form.getInputProps('password')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {say.goOn}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
