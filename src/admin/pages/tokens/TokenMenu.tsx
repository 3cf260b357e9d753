import { Menu, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { RowMenu } from '../../parts/RowMenu.tsx'
import { words } from '../../words/tokens.ts'

/** A new one in its place, or its end. */
export function TokenMenu({
  token: { id, name },
  onRolled,
}: {
  readonly token: AnswerOf<'listTokens'>['data'][number]
  readonly onRolled: (token: AnswerOf<'rollToken'>) => void
}) {
  const say = useWords(words)
  const [asked, setAsked] = useState<'roll' | 'end'>()
  const [hours, setHours] = useState('24')
  const close = () => setAsked(undefined)
  const roll = useAct('rollToken', {
    onDone: (made) => {
      close()
      onRolled(made)
    },
  })
  const end = useAct('endToken', { onDone: close })
  return (
    <>
      <RowMenu label={say.actionsFor(name)}>
        <Menu.Item onClick={() => setAsked('roll')}>{say.roll}</Menu.Item>
        <Menu.Item color="red" onClick={() => setAsked('end')}>
          {say.end}
        </Menu.Item>
      </RowMenu>
      <ConfirmDialog
        opened={asked === 'roll'}
        title={say.rollOf(name)}
        action={say.roll}
        busy={roll.isPending}
        problem={roll.error}
        onClose={close}
        onConfirm={() =>
          roll.mutate({ params: { tokenId: id }, body: { overlapHours: Number(hours) } })
        }
      >
        <Stack>
          <Text>{say.rollLead}</Text>
          <NativeSelect
            label={say.formerWorks}
            value={hours}
            onChange={({ currentTarget }) => setHours(currentTarget.value)}
            data={['0', '1', '24', '168'].map((value) => ({
              value,
              label: say.hours(Number(value)),
            }))}
          />
        </Stack>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asked === 'end'}
        title={say.endOf(name)}
        action={say.end}
        danger
        busy={end.isPending}
        problem={end.error}
        onClose={close}
        onConfirm={() => end.mutate({ params: { tokenId: id } })}
      >
        <Text>{say.endLead}</Text>
      </ConfirmDialog>
    </>
  )
}
