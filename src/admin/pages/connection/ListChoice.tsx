import { Select, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { type Connection, useCanAsk, useMay } from '../../place.ts'
import { words } from '../../words/connection.ts'

/** R12: which of Klaviyo's lists people join, and how joining it works. By its id where Klaviyo does not tell them. */
export function ListChoice({
  connection,
  value,
  error,
  disabled,
  onChange,
}: {
  readonly connection: Connection
  /** Empty: none. */
  readonly value: string
  readonly error: ReactNode
  readonly disabled: boolean
  readonly onChange: (listId: string) => void
}) {
  const say = useWords(words)
  const may = useMay()
  const lists = useAsk(
    'listKlaviyoLists',
    { params: { connectionId: connection.id } },
    { enabled: useCanAsk(connection) && may('listKlaviyoLists') },
  )
  if (lists.data === undefined) {
    return (
      <TextInput
        label={say.list}
        description={lists.error === null ? say.listMore : say.listUnread}
        error={error}
        disabled={disabled || lists.isLoading}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )
  }
  const found = lists.data.data
  const chosen = found.find(({ id }) => id === value)
  const isGone = value !== '' && chosen === undefined
  return (
    <Select
      label={say.list}
      placeholder={say.noList}
      description={chosen === undefined ? say.noListMore : say.optInMore[chosen.optIn]}
      error={error ?? (isGone ? say.listGone : undefined)}
      data={[
        ...found.map(({ id, name, optIn }) => ({ value: id, label: say.listName(name, optIn) })),
        ...(isGone ? [{ value, label: value }] : []),
      ]}
      value={value === '' ? null : value}
      clearable
      searchable
      nothingFoundMessage={say.noSuchList}
      clearButtonProps={{ 'aria-label': say.noList }}
      disabled={disabled}
      onChange={(id) => onChange(id ?? '')}
    />
  )
}
