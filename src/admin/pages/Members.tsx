import { Anchor, Badge, Button, Stack, Switch, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAct, useAsk } from '../ask.ts'
import type { AnswerOf } from '../call.ts'
import { useWords } from '../language.ts'
import { allOf, type Column, DataTable } from '../parts/DataTable.tsx'
import { Icon } from '../parts/Icon.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Time } from '../parts/Time.tsx'
import { useMe } from '../place.ts'
import { words } from '../words/members.ts'
import { Invitations } from './members/Invitations.tsx'
import { InviteDialog } from './members/InviteDialog.tsx'
import { MemberMenu } from './members/MemberMenu.tsx'
import { RoleSelect } from './members/RoleSelect.tsx'

type Member = AnswerOf<'listMembers'>['data'][number]

/** Who may sign in to the workspace, as what. */
export function Members() {
  const say = useWords(words)
  const [inviting, setInviting] = useState(false)
  const own = useMe().data?.member?.id
  const members = useAsk('listMembers')
  const columns: readonly Column<Member>[] = [
    {
      key: 'name',
      head: say.member,
      cell: ({ id, name, email }) => (
        <span>
          <Text span fw={550}>
            {name}
          </Text>
          {id === own && (
            <Text span size="sm" c="dimmed">
              {` (${say.you})`}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {email}
          </Text>
        </span>
      ),
    },
    { key: 'role', head: say.role, cell: (member) => <RoleSelect member={member} /> },
    {
      key: 'factor',
      head: say.secondFactor,
      cell: ({ secondFactor }) => (
        <Badge
          variant="light"
          color={secondFactor ? 'green' : 'gray'}
          tt="none"
          radius="sm"
          leftSection={<Icon name={secondFactor ? 'check' : 'none'} size={13} />}
        >
          {secondFactor ? say.on : say.off}
        </Badge>
      ),
    },
    { key: 'since', head: say.since, cell: ({ since }) => <Time at={since} style="date" /> },
    {
      key: 'more',
      head: say.actions,
      cell: (member) => <MemberMenu member={member} isOwn={member.id === own} />,
      width: 60,
    },
  ]
  return (
    <>
      <PageHead
        title={say.title}
        lead={say.lead}
        actions={
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setInviting(true)}>
            {say.invite}
          </Button>
        }
      />
      <Stack gap="xl">
        <DataTable
          caption={say.title}
          columns={columns}
          pages={allOf({ ...members, data: members.data?.data })}
          keyOf={({ id }) => id}
          empty={null}
        />
        <Invitations />
        <Rule />
      </Stack>
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
    </>
  )
}

/** Whether members need a second factor. */
function Rule() {
  const say = useWords(words)
  const workspace = useAsk('getWorkspace').data
  const hasOwn = useMe().data?.member?.secondFactor === true
  const change = useAct('changeWorkspace')
  if (workspace === undefined) return null
  // Whoever asked it of all without having one would lock themselves out with the same click.
  const wouldLockOut = !hasOwn && !workspace.secondFactor
  return (
    <section>
      <Title order={2} mb="xs">
        {say.rule}
      </Title>
      <ProblemNote problem={change.error} />
      <Switch
        label={say.needSecondFactor}
        description={
          wouldLockOut ? (
            <>
              {say.ownFirst}{' '}
              <Anchor component={Link} to="/admin/account" inherit underline="always">
                {say.toAccount}
              </Anchor>
              .
            </>
          ) : (
            say.needSecondFactorMore
          )
        }
        checked={workspace.secondFactor}
        disabled={change.isPending || wouldLockOut}
        onChange={({ currentTarget: { checked } }) =>
          change.mutate({ body: { secondFactor: checked } })
        }
      />
    </section>
  )
}
