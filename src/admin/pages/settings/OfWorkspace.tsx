import { Button, Group, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useFresh } from '../../fresh-form.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useMay } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/settings.ts'

type Workspace = AnswerOf<'getWorkspace'>
type Flag = keyof Workspace['flags']

/** Its name, and what is switched off for all of it. */
export function OfWorkspace({ workspace }: { readonly workspace: Workspace }) {
  const say = useWords(words)
  const canChange = useMay()('changeWorkspace')
  const form = useForm({
    initialValues: { name: workspace.name },
    validate: { name: (name) => (name.trim() === '' ? say.needed : null) },
  })
  const fresh = useFresh(form, { name: workspace.name })
  useUnsaved(form.isDirty())
  const rename = useAct('changeWorkspace', {
    onDone() {
      fresh.done()
      notifications.show({ message: say.saved, color: 'green' })
    },
  })
  return (
    <Panel title={say.workspace} lead={canChange ? undefined : say.notAllowed}>
      <form
        onSubmit={form.onSubmit(({ name }) => {
          fresh.send()
          rename.mutate({ body: { name: name.trim() } })
        })}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say.name}
            required
            maxLength={100}
            disabled={!canChange}
            style={{ flex: '1 1 240px', maxWidth: 360 }}
            {...form.getInputProps('name')}
          />
          {canChange && (
            <Button type="submit" loading={rename.isPending} disabled={!form.isDirty()}>
              {say.save}
            </Button>
          )}
        </Group>
      </form>
      <ProblemNote problem={rename.error} />
      <FlagSwitch flag="klaviyo" isOn={workspace.flags.klaviyo !== false} canChange={canChange} />
    </Panel>
  )
}

function FlagSwitch({
  flag,
  isOn,
  canChange,
}: {
  readonly flag: Flag
  readonly isOn: boolean
  readonly canChange: boolean
}) {
  const say = useWords(words).flags[flag]
  const [isAsking, setAsking] = useState(false)
  const change = useAct('changeWorkspace', { onDone: () => setAsking(false) })
  const turn = (on: boolean) => change.mutate({ body: { flags: { [flag]: on } } })
  return (
    <>
      <Switch
        label={say.label}
        description={say.more}
        checked={isOn}
        disabled={!canChange || change.isPending}
        onChange={({ currentTarget: { checked } }) => (checked ? turn(true) : setAsking(true))}
      />
      {!isAsking && <ProblemNote problem={change.error} />}
      <ConfirmDialog
        opened={isAsking}
        title={say.title}
        action={say.do}
        danger
        busy={change.isPending}
        problem={change.error}
        onConfirm={() => turn(false)}
        onClose={() => setAsking(false)}
      >
        {say.off}
      </ConfirmDialog>
    </>
  )
}
