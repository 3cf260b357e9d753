import { NativeSelect } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useNamedConnections } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { useConnection } from '../place.ts'
import { words } from '../words/parts.ts'

/** Which connection the page is about, where there are several; former ones apart. */
export function ChooseConnection() {
  const say = useWords(words)
  const all = useNamedConnections()
  const chosen = useConnection()
  const navigate = useNavigate()
  if (all.length < 2 || chosen === undefined) return null
  const itemsOf = (isFormer: boolean) =>
    all
      .filter((one) => one.isFormer === isFormer)
      .map(({ connection, name }) => ({ value: connection.id, label: name }))
  const groups = [
    { group: say.connections, items: itemsOf(false) },
    { group: say.former, items: itemsOf(true) },
  ].filter(({ items }) => items.length > 0)
  return (
    <NativeSelect
      aria-label={say.connection}
      value={chosen.id}
      // What one had filtered by, or opened, is the other connection's.
      onChange={({ currentTarget: { value } }) =>
        void navigate({ to: '.', search: { connection: value } } as never)
      }
      data={groups}
    />
  )
}
