import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAct } from '../ask.ts'
import { useWords } from '../language.ts'
import { goOn, linkCode } from '../parts/entrance.ts'
import { Lone } from '../parts/Lone.tsx'
import { NoWay } from '../parts/NoWay.tsx'
import { PasswordField } from '../parts/PasswordField.tsx'
import { words } from '../words/entry.ts'

/** The link that a new Tillpost prints: whoever opens it becomes its first member. */
export function Welcome() {
  const say = useWords(words)
  const code = linkCode()
  const create = useAct('createOwner', { onDone: () => goOn('/admin/begin?first') })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', name: '', password: '' },
  })
  return (
    <Lone title={say.welcome} lead={say.welcomeLead}>
      {code === undefined ? (
        <NoWay problem={undefined} />
      ) : (
        <>
          <NoWay problem={create.error} />
          <form onSubmit={form.onSubmit((values) => create.mutate({ body: { ...values, code } }))}>
            <Stack>
              <TextInput
                label={say.email}
                type="email"
                autoComplete="username"
                required
                maxLength={254}
                autoFocus
                {...form.getInputProps('email')}
              />
              <TextInput
                label={say.name}
                autoComplete="name"
                required
                maxLength={100}
                {...form.getInputProps('name')}
              />
              <PasswordField
                label={say.newPassword}
                description={say.newPasswordHint}
                autoComplete="new-password"
                minLength={12}
                {...form.getInputProps('password')}
              />
              <Button type="submit" fullWidth loading={create.isPending}>
                {say.begin}
              </Button>
            </Stack>
          </form>
        </>
      )}
    </Lone>
  )
}
