import { Button, Title } from '@mantine/core'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { allOf, type Column, DataTable } from '../../parts/DataTable.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/members.ts'
import { roleNames } from '../../words/roles.ts'

type Invitation = AnswerOf<'listInvites'>['data'][number]

/** Those that nobody has accepted yet. */
export function Invitations() {
  const say = useWords(words)
  const names = useWords(roleNames)
  const invites = useAsk('listInvites')
  const drop = useAct('dropInvite')
  if (invites.data?.data.length === 0) return null
  const columns: readonly Column<Invitation>[] = [
    { key: 'email', head: say.email, cell: ({ email }) => email },
    { key: 'role', head: say.role, cell: ({ role }) => names[role].name },
    { key: 'until', head: say.goodUntil, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    {
      key: 'drop',
      head: say.actions,
      cell: ({ email }) => (
        <Button
          variant="default"
          size="xs"
          disabled={drop.isPending}
          onClick={() => drop.mutate({ params: { email } })}
        >
          {say.takeBack}
        </Button>
      ),
    },
  ]
  return (
    <section>
      <Title order={2} mb="xs">
        {say.invitations}
      </Title>
      <ProblemNote problem={drop.error} />
      <DataTable
        caption={say.invitations}
        columns={columns}
        pages={allOf({ ...invites, data: invites.data?.data })}
        keyOf={({ email }) => email}
        empty={null}
      />
    </section>
  )
}
