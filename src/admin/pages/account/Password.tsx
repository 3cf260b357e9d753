import { Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useAct } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { PasswordField } from '../../parts/PasswordField.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Section } from '../../parts/Section.tsx'
import { words } from '../../words/account.ts'

export function Password() {
  const say = useWords(words)
  const form = useForm({ mode: 'uncontrolled', initialValues: { current: '', password: '' } })
  const change = useAct('changePassword', {
    onDone: () => {
      form.reset()
      notifications.show({ message: say.passwordChanged, color: 'green' })
    },
  })
  return (
    <Section title={say.password} lead={say.passwordLead}>
      <form onSubmit={form.onSubmit((body) => change.mutate({ body }))}>
        <Stack align="flex-start">
          <ProblemNote problem={change.error} />
          <PasswordField
            label={say.current}
            autoComplete="current-password"
            w="100%"
            maw={380}
            key={form.key('current')}
            {...form.getInputProps('current')}
          />
          <PasswordField
            label={say.newPassword}
            description={say.newPasswordHint}
            autoComplete="new-password"
            minLength={12}
            w="100%"
            maw={380}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" variant="default" loading={change.isPending}>
            {say.changePassword}
          </Button>
        </Stack>
      </form>
    </Section>
  )
}
