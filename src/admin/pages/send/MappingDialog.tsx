import { Button, Group, Modal, ScrollArea, Stack, Table, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { MappingChange } from '../../../core/mapping/own-mappings.ts'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { UnsavedDialog } from '../../parts/UnsavedDialog.tsx'
import type { Connection } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/send.ts'
import { Preview } from '../rules/Preview.tsx'

type Mapping = AnswerOf<'listMappings'>['data'][number]

/** What is in an event, as Klaviyo gets it; changed here, and tried on the last of its kind. */
export function MappingDialog({
  mapping,
  connection,
  may,
  onClose,
}: {
  readonly mapping: Mapping
  readonly connection: Connection
  readonly may: boolean
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const all = connection.settings.mappings
  const former = mapping.events.map((name) => all[name]).find((one) => one !== undefined) ?? {}
  const [draft, setDraft] = useState<MappingChange>(former)
  const [name, setName] = useState('')
  const [source, setSource] = useState('')
  const save = useAct('changeSettings', {
    onDone: () => {
      notifications.show({ message: say.saved, color: 'green' })
      onClose()
    },
  })
  const isChanged = JSON.stringify(draft) !== JSON.stringify(former) || name !== '' || source !== ''
  useUnsaved(isChanged)
  const [isLeaving, setLeaving] = useState(false)
  const close = () => (isChanged ? setLeaving(true) : onClose())
  const others = Object.fromEntries(
    Object.entries(all).filter(([event]) => !mapping.events.includes(event)),
  )
  // The same for every name that the shop may send it under.
  const mappings = {
    ...others,
    ...(Object.keys(draft).length === 0
      ? {}
      : Object.fromEntries(mapping.events.map((event) => [event, draft]))),
  }
  const { properties = {} } = draft
  const shown = [
    ...mapping.properties.filter(({ name: one }) => properties[one] !== null),
    ...Object.entries(properties)
      .filter(([one, from]) => from !== null && mapping.properties.every((row) => row.name !== one))
      .map(([one, from]) => ({
        name: one,
        from: typeof from === 'string' ? from : JSON.stringify(from),
        changed: true,
      })),
  ]
  const metric = draft.metric ?? mapping.metric
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={mapping.metric === '' ? mapping.builtIn : mapping.metric}
      scrollAreaComponent={ScrollArea.Autosize}
      closeButtonProps={{ 'aria-label': say.cancel }}
    >
      {/* Not there before: it would take the Escape that asks for it as one of its own. */}
      {isLeaving && <UnsavedDialog opened onLeave={onClose} onStay={() => setLeaving(false)} />}
      <Stack>
        <TextInput
          label={say.metricName}
          description={say.metricMore}
          value={metric}
          disabled={!may || mapping.events.length === 0}
          maxLength={127}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, metric: value })}
        />
        <Table.ScrollContainer minWidth={420} tabIndex={0} aria-label={say.properties}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say.property}</Table.Th>
                <Table.Th>{say.source}</Table.Th>
                {may && <Table.Th>{say.leave}</Table.Th>}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((row) => (
                <Table.Tr key={row.name}>
                  <Table.Th scope="row">{row.name}</Table.Th>
                  <Table.Td>{row.from}</Table.Td>
                  {may && (
                    <Table.Td>
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={say.leaveOut(row.name)}
                        onClick={() =>
                          setDraft({ ...draft, properties: { ...properties, [row.name]: null } })
                        }
                      >
                        {say.leave}
                      </Button>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Text size="sm" c="dimmed">
          {say.othersToo}
        </Text>
        {may && mapping.events.length > 0 && (
          <>
            <Group align="flex-end" gap="xs">
              <TextInput
                label={say.newProperty}
                value={name}
                onChange={({ currentTarget: { value } }) => setName(value)}
              />
              <TextInput
                label={say.newSource}
                value={source}
                onChange={({ currentTarget: { value } }) => setSource(value)}
              />
              <Button
                variant="default"
                disabled={name.trim() === '' || source.trim() === ''}
                onClick={() => {
                  setDraft({
                    ...draft,
                    properties: { ...properties, [name.trim()]: source.trim() },
                  })
                  setName('')
                  setSource('')
                }}
              >
                {say.add}
              </Button>
            </Group>
            {isChanged && <Preview settings={{ mappings }} {...firstName(mapping)} />}
            <ProblemNote problem={save.error} />
            <Group justify="flex-end">
              {mapping.changed && (
                <Button variant="default" onClick={() => setDraft({})}>
                  {say.reset}
                </Button>
              )}
              <Button variant="default" onClick={close}>
                {say.cancel}
              </Button>
              <Button
                disabled={!isChanged}
                loading={save.isPending}
                onClick={() =>
                  save.mutate({ body: { version: connection.version, settings: { mappings } } })
                }
              >
                {say.save}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  )
}

function firstName({ events: [first] }: Mapping): { readonly name?: string } {
  return first === undefined ? {} : { name: first }
}
