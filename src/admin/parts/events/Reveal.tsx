import { Alert, Button, Group, Modal, Stack, Text, Textarea, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { words as partWords } from '../../words/parts.ts'
import { Icon } from '../Icon.tsx'
import { ProblemNote } from '../ProblemNote.tsx'
import { useFormatTime } from '../Time.tsx'

/** People are masked; who may see them says why, and sees them for ten minutes. */
export function Reveal({ event }: { readonly event?: string }) {
  const say = useWords(words)
  const { cancel } = useWords(partWords)
  const format = useFormatTime()
  const state = useAsk('getReveal', undefined, { everyMs: 30_000 }).data
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const reveal = useAct('revealPeople', { onDone: () => setIsOpen(false) })
  const hide = useAct('hidePeople')
  if (state === undefined) return null
  if (state.until !== undefined)
    return (
      <Alert color="orange" variant="light" p="xs" role="status" icon={<Icon name="eye" />}>
        <Group gap="sm">
          <Text size="sm">{say.revealed(format(state.until, 'clock'))}</Text>
          <Button size="compact-xs" variant="default" onClick={() => hide.mutate({})}>
            {say.hide}
          </Button>
        </Group>
      </Alert>
    )
  const button = (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Icon name="eye" size={14} />}
      aria-disabled={!state.may}
      {...(state.may ? {} : { 'data-disabled': true })}
      onClick={() => {
        if (state.may) setIsOpen(true)
      }}
    >
      {say.reveal}
    </Button>
  )
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {say.masked}
      </Text>
      {state.may ? button : <Tooltip label={say.mayNotReveal}>{button}</Tooltip>}
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={say.revealTitle}
        closeButtonProps={{ 'aria-label': say.close }}
      >
        <form
          onSubmit={(submit) => {
            submit.preventDefault()
            reveal.mutate({ body: { reason, ...(event === undefined ? {} : { event }) } })
          }}
        >
          <Stack>
            <Text size="sm">{say.revealMore}</Text>
            <Textarea
              label={say.revealReason}
              placeholder={say.revealExample}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
              minLength={3}
              maxLength={300}
              required
              autosize
              minRows={2}
              data-autofocus
            />
            <ProblemNote problem={reveal.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setIsOpen(false)}>
                {cancel}
              </Button>
              <Button type="submit" loading={reveal.isPending}>
                {say.reveal}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Group>
  )
}
