import { Button, Group, Text } from '@mantine/core'
import { useWords } from '../../language.ts'
import look from '../../parts/parts.module.css'
import { words } from '../../words/send.ts'
import { type Row, wordsOf } from './change.ts'

/** What is in an event: a table, on a phone a card for each property. */
export function Properties({
  rows,
  onLeave,
  onPutBack,
  onUndo,
}: {
  readonly rows: readonly Row[]
  /** Undefined: one may only look. */
  readonly onLeave: ((row: Row) => void) | undefined
  readonly onPutBack: (row: Row) => void
  readonly onUndo: (row: Row) => void
}) {
  const say = useWords(words)
  return (
    <div className={look['stacks']}>
      <table className={look['table']} data-stacks role="table" aria-label={say.properties}>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {say.property}
            </th>
            <th scope="col" role="columnheader">
              {say.source}
            </th>
            {onLeave !== undefined && (
              <th scope="col" role="columnheader">
                {say.leave}
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={row.name} role="row">
              <th scope="row" role="rowheader">
                {row.isLeftOut ? <s>{row.name}</s> : row.name}
              </th>
              <td role="cell" data-label={say.source}>
                <div className={look['any']}>
                  {row.isLeftOut ? (
                    <Text size="sm" c="dimmed">
                      {say.isLeftOut}: <s>{wordsOf(row.source, say.sources)}</s>
                    </Text>
                  ) : (
                    wordsOf(row.source, say.sources)
                  )}
                </div>
              </td>
              {onLeave !== undefined && (
                <td role="cell">
                  <Group gap="xs" justify="flex-end">
                    {row.isChanged && !row.isLeftOut && (
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={say.undoOf(row.name)}
                        onClick={() => onUndo(row)}
                      >
                        {say.undo}
                      </Button>
                    )}
                    <Button
                      variant="default"
                      size="compact-sm"
                      aria-label={(row.isLeftOut ? say.putBackOf : say.leaveOut)(row.name)}
                      onClick={() => (row.isLeftOut ? onPutBack : onLeave)(row)}
                    >
                      {row.isLeftOut ? say.putBack : say.leave}
                    </Button>
                  </Group>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
