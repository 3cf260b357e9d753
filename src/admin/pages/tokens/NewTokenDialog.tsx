import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { type TokenScope, tokenScopes } from '../../../core/roles.ts'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useMay } from '../../place.ts'
import { words } from '../../words/tokens.ts'

/** A name, some of one's own permissions, and for how long. */
export function NewTokenDialog({
  opened,
  onMade,
  onClose,
}: {
  readonly opened: boolean
  readonly onMade: (token: AnswerOf<'createToken'>) => void
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const may = useMay()
  const form = useForm<{ name: string; scopes: TokenScope[]; days: string; networks: string }>({
    initialValues: { name: '', scopes: ['read'], days: '90', networks: '' },
    validate: { scopes: (scopes) => (scopes.length === 0 ? say.oneScope : null) },
  })
  const make = useAct('createToken', {
    onDone: (made) => {
      onClose()
      form.reset()
      onMade(made)
    },
  })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={say.make}
      closeButtonProps={{ 'aria-label': say.close }}
    >
      <form
        onSubmit={form.onSubmit(({ name, scopes, days, networks }) => {
          const given = networks.split(/[\s,]+/).filter((network) => network !== '')
          make.mutate({
            body: {
              name,
              scopes,
              expiresInDays: Number(days),
              ...(given.length === 0 ? {} : { networks: given }),
            },
          })
        })}
      >
        <Stack>
          <ProblemNote problem={make.error} />
          <TextInput
            label={say.name}
            description={say.nameHint}
            required
            maxLength={100}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Checkbox.Group label={say.scopes} required {...form.getInputProps('scopes')}>
            <Stack gap="xs" mt="xs">
              {tokenScopes.map((scope) => (
                <Checkbox
                  key={scope}
                  value={scope}
                  label={scope}
                  description={say.scopeMeans[scope]}
                  disabled={!may(scope)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label={say.expiresAfter}
            data={['7', '30', '90', '180', '365'].map((days) => ({
              value: days,
              label: say.days(days),
            }))}
            {...form.getInputProps('days')}
          />
          <Textarea
            label={say.networks}
            description={say.networksHint}
            autosize
            minRows={1}
            {...form.getInputProps('networks')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say.cancel}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {say.make}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
