import { Menu } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useNamedConnections } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { useConnection, useMe, useWorkspace } from '../place.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'

export function WorkspaceItems() {
  const say = useWords(words)
  const me = useMe().data
  const workspace = useWorkspace()
  const connection = useConnection()
  const connections = useNamedConnections()
  const navigate = useNavigate()
  return (
    <>
      <Menu.Label>{say.workspaces}</Menu.Label>
      {me?.workspaces.map(({ id, name }) => (
        <Menu.Item
          key={id}
          rightSection={id === workspace?.id ? <Icon name="check" size={16} /> : null}
          onClick={() => void navigate({ to: `/admin/${id}`, search: {} } as never)}
        >
          {name}
        </Menu.Item>
      ))}
      {connections.length > 1 &&
        ([false, true] as const).map((isFormer) => {
          const some = connections.filter((one) => one.isFormer === isFormer)
          if (some.length === 0) return null
          return (
            <Fragment key={String(isFormer)}>
              <Menu.Divider />
              <Menu.Label>{isFormer ? say.former : say.connections}</Menu.Label>
              {some.map(({ connection: { id }, name }) => (
                <Menu.Item
                  key={id}
                  rightSection={id === connection?.id ? <Icon name="check" size={16} /> : null}
                  onClick={() => void navigate({ to: '.', search: { connection: id } } as never)}
                >
                  {name}
                </Menu.Item>
              ))}
            </Fragment>
          )
        })}
      {me?.member?.operator === true && (
        <>
          <Menu.Divider />
          <Menu.Item
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => void navigate({ to: '/admin/begin' } as never)}
          >
            {say.newWorkspace}
          </Menu.Item>
        </>
      )}
    </>
  )
}
