import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { usualRoots } from '../../../core/mapping/mapping.ts'
import { useAct } from '../../ask.ts'
import type { Problem } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { UnsavedDialog } from '../../parts/UnsavedDialog.tsx'
import { type Connection, useConnections } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words as partWords } from '../../words/parts.ts'
import { words } from '../../words/send.ts'
import { Preview } from '../rules/Preview.tsx'
import {
  type Change,
  changeIn,
  isField,
  isName,
  type Mapping,
  putBack,
  rowsOf,
  startsWell,
  textOf,
  undone,
  withChange,
  withoutProperty,
  withProperty,
} from './change.ts'
import { NewerMapping } from './NewerMapping.tsx'
import { Properties } from './Properties.tsx'

interface Edited {
  readonly change: Change
  /** What stood there when it was begun. */
  readonly over: Change
}

/** What is in an event, as Klaviyo gets it; changed here, and tried on the last of its kind. */
export function MappingDialog({
  mapping,
  connection,
  may: mayDevelop,
  onClose,
}: {
  readonly mapping: Mapping
  readonly connection: Connection
  readonly may: boolean
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const partSay = useWords(partWords)
  const isPhone = useMediaQuery('(max-width: 640px)', undefined, { getInitialValueInEffect: false })
  const may = mayDevelop && mapping.events.length > 0
  const { mappings: all } = connection.settings
  const saved = changeIn(all, mapping)
  const [edited, setEdited] = useState<Edited>()
  const { change, over } = edited ?? { change: saved, over: saved }
  const put = (next: Change) => setEdited({ change: next, over })
  const added = useNewProperty()
  const isChanged = textOf(change) !== textOf(saved) || added.isTyped
  // What somebody else saved meanwhile is not written over unseen: both are shown, and one is chosen.
  const isOvertaken = textOf(over) !== textOf(saved) && textOf(change) !== textOf(saved)
  const save = useAct('changeSettings', {
    onDone: () => {
      notifications.show({ message: say.saved, color: 'green' })
      onClose()
    },
  })
  const connections = useConnections()
  const putIn = ({ version, settings }: Connection, next: Change) =>
    save.mutate(
      { body: { version, settings: { mappings: withChange(settings.mappings, mapping, next) } } },
      { onError: (problem) => void meet(problem, next) },
    )
  /** The version is not the newest any more: what is there now is read, and saved over only where this is the same. */
  const meet = async ({ code }: Problem, next: Change) => {
    if (code !== 'version_old') return
    const { data } = await connections.refetch()
    const now = data?.data.find(({ id }) => id === connection.id)
    if (now === undefined) return
    if (textOf(changeIn(now.settings.mappings, mapping)) === textOf(over)) putIn(now, next)
    // Also what is only typed is shown beside the other's.
    else setEdited({ change: next, over })
  }
  const saveAll = () => {
    if (!added.isTyped) return putIn(connection, change)
    if (added.check()) putIn(connection, added.to(change))
  }
  useUnsaved(isChanged)
  const [isLeaving, setLeaving] = useState(false)
  const close = () => (isChanged ? setLeaving(true) : onClose())
  const tried = added.isGood ? added.to(change) : change
  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      fullScreen={isPhone}
      radius={isPhone ? 0 : 'lg'}
      title={mapping.metric === '' ? mapping.builtIn : mapping.metric}
      closeButtonProps={{ 'aria-label': partSay.close }}
    >
      {/* Not there before: it would take the Escape that asks for it as one of its own. */}
      {isLeaving && <UnsavedDialog opened onLeave={onClose} onStay={() => setLeaving(false)} />}
      <Stack>
        <TextInput
          label={say.metricName}
          description={say.metricMore}
          value={
            change === null ? '' : (change.metric ?? mapping.builtIn ?? mapping.events[0] ?? '')
          }
          disabled={!may}
          maxLength={127}
          onChange={({ currentTarget: { value } }) => put({ ...change, metric: value })}
        />
        <Properties
          rows={rowsOf(mapping, change)}
          onLeave={may ? (row) => put(withoutProperty(change, row)) : undefined}
          onPutBack={(row) => put(putBack(change, row))}
          onUndo={(row) => put(undone(change, row))}
        />
        <Text size="sm" c="dimmed">
          {say.othersToo} {say.leftOutMore}
        </Text>
        {may && (
          <>
            <Group align="flex-start" gap="xs">
              <TextInput
                label={say.newProperty}
                value={added.name}
                maxLength={127}
                style={{ flex: '1 1 200px' }}
                error={added.faultOfName}
                onChange={({ currentTarget: { value } }) => added.setName(value)}
              />
              <TextInput
                label={say.newSource}
                value={added.source}
                maxLength={200}
                style={{ flex: '1 1 200px' }}
                error={added.faultOfSource}
                onChange={({ currentTarget: { value } }) => added.setSource(value)}
              />
              <Button
                variant="default"
                mt={25}
                disabled={!added.isTyped}
                onClick={() => {
                  if (!added.check()) return
                  put(added.to(change))
                  added.clear()
                }}
              >
                {say.add}
              </Button>
            </Group>
            {isChanged && (
              <Preview
                settings={{ mappings: withChange(all, mapping, tried) }}
                {...firstName(mapping)}
              />
            )}
            {isOvertaken && (
              <NewerMapping
                mapping={mapping}
                own={tried}
                newer={saved}
                isBusy={save.isPending}
                onKeep={saveAll}
                onTake={() => {
                  setEdited(undefined)
                  added.clear()
                  save.reset()
                }}
              />
            )}
            {!(isOvertaken && save.error?.code === 'version_old') && (
              <ProblemNote problem={save.error} />
            )}
            <Group justify="flex-end">
              {textOf(change) !== textOf({}) && (
                <Button variant="default" onClick={() => put({})}>
                  {say.reset}
                </Button>
              )}
              <Button variant="default" onClick={close}>
                {say.cancel}
              </Button>
              {!isOvertaken && (
                <Button disabled={!isChanged} loading={save.isPending} onClick={saveAll}>
                  {say.save}
                </Button>
              )}
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  )
}

/** A property that is being typed. What cannot become right is said at once, what is missing when it is asked for. */
function useNewProperty() {
  const say = useWords(words)
  const [name, setName] = useState('')
  const [source, setSource] = useState('')
  const [isAsked, setAsked] = useState(false)
  const isTyped = name.trim() !== '' || source.trim() !== ''
  const isGood = name.trim() !== '' && isName(name) && isField(source)
  const unknown = say.sourceUnknown(usualRoots)
  const faultOfSource = isAsked && source.trim() === '' ? say.sourceNeeded : undefined
  return {
    name,
    setName,
    source,
    setSource,
    isTyped,
    isGood,
    faultOfName:
      isAsked && isTyped && name.trim() === ''
        ? say.nameNeeded
        : isName(name)
          ? undefined
          : say.nameWrong,
    faultOfSource:
      startsWell(source) && (!isAsked || source.trim() === '' || isField(source))
        ? isTyped && faultOfSource
        : unknown,
    /** From now on what is missing is said. */
    check: () => {
      setAsked(!isGood)
      return isGood
    },
    to: (change: Change) => withProperty(change, name.trim(), source.trim()),
    clear: () => {
      setName('')
      setSource('')
      setAsked(false)
    },
  }
}

function firstName({ events: [first] }: Mapping): { readonly name?: string } {
  return first === undefined ? {} : { name: first }
}
