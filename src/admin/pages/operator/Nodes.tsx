import { Badge, Group, Title } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { allOf, type Column, DataTable } from '../../parts/DataTable.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/operator.ts'

type Node = AnswerOf<'getInstallation'>['nodes'][number]

/** The processes on this database, and what each runs. */
export function Nodes({ nodes, at }: { readonly nodes: readonly Node[]; readonly at: string }) {
  const say = useWords(words)
  const { count, duration } = useNumbers()
  const leftMs = ({ renewsBefore }: Node) => Date.parse(renewsBefore) - Date.parse(at)
  const columns: readonly Column<Node>[] = [
    {
      key: 'node',
      head: say.node,
      cell: ({ id, here }) => (
        <Group gap="xs" wrap="wrap">
          <span>{id}</span>
          {here && (
            <Badge variant="light" color="gray" radius="sm" tt="none" fw={550}>
              {say.here}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: 'roles',
      head: say.roles,
      cell: ({ delivers }) => (delivers ? say.delivers : say.receives),
    },
    {
      key: 'accounts',
      head: say.accounts,
      cell: ({ accounts }) => count(accounts),
      isNumber: true,
    },
    { key: 'since', head: say.since, cell: ({ since }) => <Time at={since} /> },
    {
      key: 'heartbeat',
      head: say.heartbeat,
      cell: (node) => (leftMs(node) > 0 ? say.alive(duration(leftMs(node))) : say.late),
    },
  ]
  return (
    <div>
      <Title order={2} mb="sm">
        {say.nodes}
      </Title>
      <DataTable
        caption={say.nodes}
        columns={columns}
        pages={allOf({ data: nodes, error: null, refetch: () => undefined })}
        keyOf={({ id }) => id}
        empty={null}
      />
    </div>
  )
}
