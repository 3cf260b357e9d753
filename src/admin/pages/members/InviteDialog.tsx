import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { type Role, roles } from '../../../core/roles.ts'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useMay } from '../../place.ts'
import { words } from '../../words/members.ts'
import { roleNames } from '../../words/roles.ts'
import { LinkDialog } from './LinkDialog.tsx'

/** Whom, as what; then the link to hand over. */
export function InviteDialog({
  opened,
  onClose,
}: {
  readonly opened: boolean
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const names = useWords(roleNames)
  const isOwner = useMay()('own')
  const [link, setLink] = useState<AnswerOf<'invite'>>()
  const form = useForm<{ email: string; role: Role }>({
    initialValues: { email: '', role: 'viewer' },
  })
  const { email } = form.values
  const invite = useAct('invite', {
    onDone: (made) => {
      onClose()
      setLink(made)
    },
  })
  return (
    <>
      <Modal
        opened={opened}
        onClose={onClose}
        title={say.invite}
        closeButtonProps={{ 'aria-label': say.close }}
      >
        <form onSubmit={form.onSubmit((body) => invite.mutate({ body }))}>
          <Stack>
            <ProblemNote problem={invite.error} />
            <TextInput
              label={say.email}
              type="email"
              required
              maxLength={254}
              data-autofocus
              {...form.getInputProps('email')}
            />
            <Radio.Group label={say.role} required {...form.getInputProps('role')}>
              <Stack gap="sm" mt="xs">
                {roles
                  .filter((role) => role !== 'owner' || isOwner)
                  .map((role) => (
                    <Radio
                      key={role}
                      value={role}
                      label={names[role].name}
                      description={names[role].means}
                    />
                  ))}
              </Stack>
            </Radio.Group>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say.cancel}
              </Button>
              <Button type="submit" loading={invite.isPending}>
                {say.makeLink}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <LinkDialog
        title={say.invited}
        lead={say.handOver(email)}
        link={link}
        onClose={() => {
          setLink(undefined)
          form.reset()
        }}
      />
    </>
  )
}
