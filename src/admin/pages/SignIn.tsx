import { Alert, Anchor, Button, Divider, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useRef, useState } from 'react'
import { useAct, useAsk } from '../ask.ts'
import { call } from '../call.ts'
import { useWords } from '../language.ts'
import { goOn, nextPath } from '../parts/entrance.ts'
import { Lone } from '../parts/Lone.tsx'
import { PasswordField } from '../parts/PasswordField.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Prose } from '../parts/Prose.tsx'
import { type Me, useMe } from '../place.ts'
import { words } from '../words/entry.ts'

export function SignIn() {
  const me = useMe()
  const [isHalf, setHalf] = useState(false)
  const state = me.data?.state ?? (me.error?.code === 'mfa_required' ? 'half' : undefined)
  useEffect(() => {
    if (state === 'full') goOn()
  }, [state])
  const follow = (now: Me) => (now.state === 'full' ? goOn() : setHalf(true))
  if (!me.isFetched || state === 'full') return null
  return isHalf || state === 'half' ? <SecondStep onDone={follow} /> : <FirstStep onDone={follow} />
}

interface Step {
  readonly onDone: (me: Me) => void
}

function FirstStep({ onDone }: Step) {
  const say = useWords(words)
  const signIn = useAct('signIn', { onDone })
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  const provider = useAsk('waysToSignIn').data?.oidc?.name
  const query = new URLSearchParams(location.search)
  const wasReset = query.has('reset')
  const fault = query.get('oidc')
  return (
    <Lone title={say.signIn}>
      {wasReset && (
        <Alert color="green" variant="light" role="status">
          {say.resetDone}
        </Alert>
      )}
      {fault !== null && !signIn.isError && (
        <Alert color="red" variant="light" role="alert">
          {say.providerFault(fault)}
        </Alert>
      )}
      <ProblemNote problem={signIn.error} />
      <form onSubmit={form.onSubmit((body) => signIn.mutate({ body }))}>
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
          <PasswordField
            label={say.password}
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" fullWidth loading={signIn.isPending}>
            {say.signIn}
          </Button>
        </Stack>
      </form>
      {provider !== undefined && (
        <>
          <Divider label={say.or} />
          <Button
            component="a"
            href={`/oidc/start?next=${encodeURIComponent(nextPath())}`}
            variant="default"
            fullWidth
          >
            {say.signInWith(provider)}
          </Button>
        </>
      )}
      <Text size="sm" c="dimmed">
        <Prose text={say.forgotten} />
      </Text>
    </Lone>
  )
}

function SecondStep({ onDone }: Step) {
  const say = useWords(words)
  const give = useAct('giveSecondFactor', { onDone })
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } })
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <Lone title={say.signIn} lead={say.secondFactorLead}>
      <ProblemNote problem={give.error} />
      <form onSubmit={form.onSubmit(({ code }) => give.mutate({ body: { code: code.trim() } }))}>
        <Stack>
          <TextInput
            ref={field}
            label={say.code}
            description={say.codeHint}
            autoComplete="one-time-code"
            required
            minLength={6}
            maxLength={32}
            {...form.getInputProps('code')}
          />
          <Button type="submit" fullWidth loading={give.isPending}>
            {say.signIn}
          </Button>
        </Stack>
      </form>
      <Anchor component="button" type="button" size="sm" onClick={() => void startAnew()}>
        {say.otherMember}
      </Anchor>
    </Lone>
  )
}

async function startAnew(): Promise<void> {
  await call('signOut').catch(() => undefined)
  location.reload()
}
