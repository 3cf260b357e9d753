import { NativeSelect } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { roles, type Role } from '../../../core/roles.ts'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useTell } from '../../parts/tell.ts'
import { useMay } from '../../place.ts'
import { words } from '../../words/members.ts'
import { roleNames } from '../../words/roles.ts'

/** A member's role. Only owners make and unmake owners. */
export function RoleSelect({
  member: { id, name, role },
}: {
  readonly member: AnswerOf<'listMembers'>['data'][number]
}) {
  const say = useWords(words)
  const names = useWords(roleNames)
  const tell = useTell()
  const isOwner = useMay()('own')
  const change = useAct('changeMember', {
    onDone: (changed) =>
      notifications.show({
        message: say.roleChanged(name, names[changed.role].name),
        color: 'green',
      }),
  })
  if (role === 'owner' && !isOwner) return names.owner.name
  return (
    <NativeSelect
      size="xs"
      w={150}
      aria-label={say.roleOf(name)}
      value={role}
      disabled={change.isPending}
      error={change.error === null ? undefined : tell(change.error.message)}
      onChange={({ currentTarget }) =>
        change.mutate({ params: { memberId: id }, body: { role: currentTarget.value as Role } })
      }
      data={roles
        .filter((one) => one !== 'owner' || isOwner)
        .map((one) => ({ value: one, label: names[one].name }))}
    />
  )
}
