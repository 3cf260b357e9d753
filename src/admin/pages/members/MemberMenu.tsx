import { Menu, Text } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { RowMenu } from '../../parts/RowMenu.tsx'
import { useMay } from '../../place.ts'
import { words } from '../../words/members.ts'
import { LinkDialog } from './LinkDialog.tsx'

/** What can be done with a member: a link for a new password, or the end of the membership. */
export function MemberMenu({
  member: { id, name, role },
  isOwn,
}: {
  readonly member: AnswerOf<'listMembers'>['data'][number]
  readonly isOwn: boolean
}) {
  const say = useWords(words)
  const may = useMay()
  const [asked, setAsked] = useState<'reset' | 'remove'>()
  const [link, setLink] = useState<AnswerOf<'makeResetLink'>>()
  const reset = useAct('makeResetLink', {
    onDone: (made) => {
      setAsked(undefined)
      setLink(made)
    },
  })
  const remove = useAct('removeMember', { onDone: () => setAsked(undefined) })
  if (role === 'owner' && !may('own')) return null
  return (
    <>
      <RowMenu label={say.actionsFor(name)}>
        {!isOwn && <Menu.Item onClick={() => setAsked('reset')}>{say.resetLink}</Menu.Item>}
        <Menu.Item color="red" onClick={() => setAsked('remove')}>
          {isOwn ? say.leave : say.remove}
        </Menu.Item>
      </RowMenu>
      <ConfirmDialog
        opened={asked === 'reset'}
        title={say.resetLink}
        action={say.makeLink}
        busy={reset.isPending}
        problem={reset.error}
        onClose={() => setAsked(undefined)}
        onConfirm={() => reset.mutate({ params: { memberId: id } })}
      >
        <Text>{say.resetLead(name)}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asked === 'remove'}
        title={isOwn ? say.leave : say.remove}
        action={isOwn ? say.leave : say.remove}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onClose={() => setAsked(undefined)}
        onConfirm={() => remove.mutate({ params: { memberId: id } })}
      >
        <Text>{isOwn ? say.leaveLead : say.removeLead(name)}</Text>
      </ConfirmDialog>
      <LinkDialog
        title={say.resetLink}
        lead={say.resetDone(name)}
        link={link}
        onClose={() => setLink(undefined)}
      />
    </>
  )
}
