import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useAct } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Section } from '../../parts/Section.tsx'
import { words } from '../../words/account.ts'

export function Name({ name }: { readonly name: string }) {
  const say = useWords(words)
  const change = useAct('changeMe', {
    onDone: () => notifications.show({ message: say.nameChanged, color: 'green' }),
  })
  const form = useForm({ mode: 'uncontrolled', initialValues: { name } })
  return (
    <Section title={say.nameTitle}>
      <form onSubmit={form.onSubmit((body) => change.mutate({ body }))}>
        <Stack align="flex-start">
          <ProblemNote problem={change.error} />
          <TextInput
            label={say.name}
            autoComplete="name"
            required
            maxLength={100}
            w="100%"
            maw={380}
            {...form.getInputProps('name')}
          />
          <Button type="submit" variant="default" loading={change.isPending}>
            {say.save}
          </Button>
        </Stack>
      </form>
    </Section>
  )
}
