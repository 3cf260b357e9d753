import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useAct } from '../ask.ts'
import { type AnswerOf, call, Problem } from '../call.ts'
import { useWords } from '../language.ts'
import { goOn, linkCode } from '../parts/entrance.ts'
import { Lone } from '../parts/Lone.tsx'
import { Loading } from '../parts/Loading.tsx'
import { NoWay } from '../parts/NoWay.tsx'
import { PasswordField } from '../parts/PasswordField.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { words } from '../words/entry.ts'
import { roleNames } from '../words/roles.ts'

/** An invitation to a workspace. */
export function Join() {
  const say = useWords(words)
  const roles = useWords(roleNames)
  const code = linkCode()
  const invitation = useQuery<AnswerOf<'lookAtInvite'>, Problem>({
    queryKey: ['invitation', code],
    queryFn: () => call('lookAtInvite', { body: { code } }),
    enabled: code !== undefined,
    retry: false,
  })
  const accept = useAct('acceptInvite', { onDone: () => goOn('/admin') })
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', password: '' } })
  const { data } = invitation
  if (code === undefined) {
    return (
      <Lone title={say.join}>
        <NoWay problem={undefined} />
      </Lone>
    )
  }
  const isSignInNeeded = accept.error instanceof Problem && accept.error.code === 'sign_in_first'
  return (
    <Lone
      title={say.join}
      lead={
        data === undefined
          ? undefined
          : say.joinLead(data.workspace, roles[data.role].name, data.email)
      }
    >
      {invitation.isLoading && <Loading rows={3} />}
      <NoWay problem={invitation.error} />
      {data !== undefined && (
        <>
          {data.known && (
            <Alert color="blue" variant="light">
              {say.joinKnown}
            </Alert>
          )}
          <ProblemNote problem={accept.error} />
          {isSignInNeeded && (
            <Button component="a" href="/sign-in" target="_blank" variant="default">
              {say.signIn}
            </Button>
          )}
          <form
            onSubmit={form.onSubmit((values) =>
              accept.mutate({ body: data.known ? { code } : { ...values, code } }),
            )}
          >
            <Stack>
              {!data.known && (
                <>
                  <TextInput
                    label={say.name}
                    autoComplete="name"
                    required
                    maxLength={100}
                    autoFocus
                    {...form.getInputProps('name')}
                  />
                  <PasswordField
                    label={say.newPassword}
                    description={say.newPasswordHint}
                    autoComplete="new-password"
                    minLength={12}
                    {...form.getInputProps('password')}
                  />
                </>
              )}
              <Button type="submit" fullWidth loading={accept.isPending}>
                {say.join}
              </Button>
            </Stack>
          </form>
        </>
      )}
    </Lone>
  )
}
