import { Badge, Button, Code, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useAsk } from '../ask.ts'
import type { AnswerOf } from '../call.ts'
import { useWords } from '../language.ts'
import { allOf, type Column, DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { Icon } from '../parts/Icon.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { Time } from '../parts/Time.tsx'
import { words } from '../words/tokens.ts'
import { NewTokenDialog } from './tokens/NewTokenDialog.tsx'
import { ShownDialog } from './tokens/ShownDialog.tsx'
import { TokenMenu } from './tokens/TokenMenu.tsx'

type Token = AnswerOf<'listTokens'>['data'][number]

/** What programs ask the admin API with. */
export function Tokens() {
  const say = useWords(words)
  const [making, setMaking] = useState(false)
  const [shown, setShown] = useState<AnswerOf<'createToken'>>()
  const tokens = useAsk('listTokens')
  const add = (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>
      {say.make}
    </Button>
  )
  const columns: readonly Column<Token>[] = [
    {
      key: 'name',
      head: say.name,
      cell: ({ name, networks }) => (
        <span>
          <Text span fw={550}>
            {name}
          </Text>
          {networks.length > 0 && (
            <Text size="sm" c="dimmed">
              {networks.join(', ')}
            </Text>
          )}
        </span>
      ),
    },
    {
      key: 'scopes',
      head: say.scopes,
      cell: ({ scopes }) => (
        <Group gap={4}>
          {scopes.map((scope) => (
            <Code key={scope}>{scope}</Code>
          ))}
        </Group>
      ),
    },
    {
      key: 'used',
      head: say.used,
      cell: ({ usedAt }) => (usedAt === undefined ? say.never : <Time at={usedAt} style="ago" />),
    },
    {
      key: 'expires',
      head: say.expires,
      cell: ({ expiresAt, formerUntil }) => (
        <span>
          {Date.parse(expiresAt) <= Date.now() ? (
            <Badge variant="light" color="red" tt="none" radius="sm">
              {say.expired}
            </Badge>
          ) : (
            <Time at={expiresAt} style="date" />
          )}
          {formerUntil !== undefined && Date.parse(formerUntil) > Date.now() && (
            <Text size="sm" c="dimmed" component="div">
              {say.formerUntil} <Time at={formerUntil} />
            </Text>
          )}
        </span>
      ),
    },
    {
      key: 'more',
      head: say.actions,
      cell: (token) => <TokenMenu token={token} onRolled={setShown} />,
      width: 60,
    },
  ]
  return (
    <>
      <PageHead title={say.title} lead={say.lead} actions={add} />
      <DataTable
        caption={say.title}
        columns={columns}
        pages={allOf({ ...tokens, data: tokens.data?.data })}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="key" title={say.none}>
            {say.noneMore}
          </Empty>
        }
      />
      <NewTokenDialog opened={making} onClose={() => setMaking(false)} onMade={setShown} />
      <ShownDialog token={shown} onClose={() => setShown(undefined)} />
    </>
  )
}
