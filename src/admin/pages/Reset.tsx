import { Button, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAct } from '../ask.ts'
import { useWords } from '../language.ts'
import { goOn, linkCode } from '../parts/entrance.ts'
import { Lone } from '../parts/Lone.tsx'
import { NoWay } from '../parts/NoWay.tsx'
import { PasswordField } from '../parts/PasswordField.tsx'
import { words } from '../words/entry.ts'

/** A link that sets a new password. */
export function Reset() {
  const say = useWords(words)
  const code = linkCode()
  const reset = useAct('resetPassword', { onDone: () => goOn('/sign-in?reset=done') })
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } })
  return (
    <Lone title={say.reset}>
      {code === undefined ? (
        <NoWay problem={undefined} />
      ) : (
        <>
          <NoWay problem={reset.error} />
          <form
            onSubmit={form.onSubmit(({ password }) => reset.mutate({ body: { code, password } }))}
          >
            <Stack>
              <PasswordField
                label={say.newPassword}
                description={say.newPasswordHint}
                autoComplete="new-password"
                minLength={12}
                autoFocus
                {...form.getInputProps('password')}
              />
              <Button type="submit" fullWidth loading={reset.isPending}>
                {say.set}
              </Button>
            </Stack>
          </form>
        </>
      )}
    </Lone>
  )
}
