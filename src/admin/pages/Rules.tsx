import { Alert, Button, Group, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRef, useState } from 'react'
import type { Rule } from '../../core/mapping/rule.ts'
import { useAct } from '../ask.ts'
import type { BodyOf, Problem } from '../call.ts'
import { useWords } from '../language.ts'
import { ConfirmDialog } from '../parts/ConfirmDialog.tsx'
import { Empty } from '../parts/Empty.tsx'
import { Icon } from '../parts/Icon.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import {
  type Connection,
  useConnection,
  useConnections,
  useMay,
  useNoteConnection,
} from '../place.ts'
import { useUnsaved } from '../unsaved.ts'
import { words } from '../words/rules.ts'
import { History, type Version } from './rules/History.tsx'
import { Newer } from './rules/Newer.tsx'
import { Preview } from './rules/Preview.tsx'
import { effectOf, useLook } from './rules/preview.ts'
import { isUnfinished } from './rules/unfinished.ts'
import { RuleCard } from './rules/RuleCard.tsx'

/** S7: which events go, and what is changed in them: tried on real events, saved, undone. */
export function Rules() {
  const say = useWords(words)
  const connection = useConnection()
  const connections = useConnections()
  if (connection !== undefined) return <RulesOf key={connection.id} connection={connection} />
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <ProblemNote problem={connections.error} onRetry={() => void connections.refetch()} />
    </>
  )
}

interface Draft {
  readonly rules: readonly Rule[]
  readonly withoutRule: 'send' | 'drop'
  /** What stood there when it was begun. */
  readonly over: Pick<Draft, 'rules' | 'withoutRule'>
}

type Changes = BodyOf<'changeSettings'>

interface Opened {
  readonly index: number
  /** It was added just now, and is named first. */
  readonly isNew?: boolean
}

/** To be saved, though some of the events that came last would no longer be sent. */
interface Question {
  readonly body: Changes
  readonly lost: number
  readonly looked: number
}

function RulesOf({ connection: given }: { readonly connection: Connection }) {
  const say = useWords(words)
  const may = useMay()('develop')
  const connections = useConnections()
  // As it is known by now: what was saved stands there before the page around is drawn anew.
  const connection = connections.data?.data.find(({ id }) => id === given.id) ?? given
  const noteConnection = useNoteConnection()
  const { rules: saved, withoutRule: savedOtherwise } = connection.settings
  const [draft, setDraft] = useState<Draft>()
  const [open, setOpen] = useState<Opened>()
  const [asking, setAsking] = useState<Question>()
  const { rules, withoutRule } = draft ?? { rules: saved, withoutRule: savedOtherwise }
  const savedText = textOf(connection.settings)
  const isChanged = textOf({ rules, withoutRule }) !== savedText
  useUnsaved(isChanged)
  // Once somebody wanted to save it, what is missing says so.
  const [isChecked, setChecked] = useState(false)
  const [leaving, setLeaving] = useState<Version>()
  const drop = () => {
    setDraft(undefined)
    setOpen(undefined)
    setAsking(undefined)
    setChecked(false)
  }
  const addButton = useRef<HTMLButtonElement>(null)
  /** The text of what stood here when it was asked to be saved, or to go back from it. */
  const asked = useRef('')
  const save = useAct('changeSettings', {
    onDone: (answer) => {
      noteConnection(connection.id, answer)
      // What was typed meanwhile is the next draft.
      if (draft === undefined || textOf(draft) === asked.current) {
        drop()
        // What was pressed goes with the draft.
        addButton.current?.focus({ preventScroll: true })
      } else {
        setDraft({ ...draft, over: answer.settings })
        setAsking(undefined)
      }
      notifications.show({ message: say.saved(answer.version), color: 'green' })
    },
  })
  const settings = { rules: [...rules], withoutRule }
  const { version } = connection
  const { over = connection.settings } = draft ?? {}
  // Rules that somebody else saved meanwhile are not written over unseen: both are shown, and one is chosen.
  const isOvertaken = isChanged && textOf(over) !== savedText
  const put = async (body: Changes): Promise<void> => {
    try {
      await save.mutateAsync({ body })
    } catch (problem) {
      await meet(problem as Problem, body)
    }
  }
  /** The version is not the newest any more: what is there now is read, and saved over only where it says the same. */
  const meet = async ({ code }: Problem, body: Changes) => {
    if (code !== 'version_old') return
    setAsking(undefined)
    const { data } = await connections.refetch()
    const now = data?.data.find(({ id }) => id === connection.id)
    const isSame = now !== undefined && textOf(now.settings) === textOf(over)
    if (isSame && body.settings.mappings === undefined) await put({ ...body, version: now.version })
  }
  const look = useLook()
  const [isLooking, setLooking] = useState(false)
  const isGoing = useRef(false)
  const once = async (go: () => Promise<void>) => {
    // A second click comes before the button shows that the first was heard.
    if (isGoing.current) return
    isGoing.current = true
    await go().finally(() => (isGoing.current = false))
  }
  const unfinished = rules.findIndex(isUnfinished)
  const saveOwn = () => {
    if (unfinished < 0) return void once(() => saveOrAsk({ version, settings }))
    setChecked(true)
    setOpen({ index: unfinished })
  }
  const saveOrAsk = async (body: Changes) => {
    asked.current = textOf({ rules, withoutRule })
    setLooking(true)
    // What cannot be looked at cannot be saved either, and saving says why.
    const preview = await look({ settings: body.settings }).catch(() => undefined)
    setLooking(false)
    const lost = preview === undefined ? 0 : effectOf(preview).lost
    if (preview === undefined || lost === 0) await put(body)
    else setAsking({ body, lost, looked: preview.looked })
  }
  const restore = ({ settings: { rules: former, withoutRule: otherwise, mappings } }: Version) =>
    void once(() =>
      saveOrAsk({ version, settings: { rules: former, withoutRule: otherwise, mappings } }),
    )
  const change = (next: readonly Rule[]) => setDraft({ rules: next, withoutRule, over })
  const move = (index: number, by: number) => {
    const next = [...rules]
    const [rule] = next.splice(index, 1)
    next.splice(index + by, 0, rule!)
    change(next)
    if (open?.index === index) setOpen({ index: index + by })
    else if (open?.index === index + by) setOpen({ index })
  }
  const add = () => {
    const rule: Rule = { name: say.newName, events: ['*'], decision: 'send', when: [] }
    change([...rules, rule])
    setOpen({ index: rules.length, isNew: true })
  }
  return (
    <>
      <PageHead
        title={say.title}
        lead={say.lead}
        actions={
          may && (
            <Button ref={addButton} onClick={add} leftSection={<Icon name="plus" size={16} />}>
              {say.add}
            </Button>
          )
        }
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <Stack>
          {!may && <Text c="dimmed">{say.mayNot}</Text>}
          {isOvertaken && (
            <Newer
              over={over}
              own={{ rules, withoutRule }}
              newer={connection.settings}
              isBusy={isLooking || save.isPending}
              onKeep={saveOwn}
              onTake={() => {
                drop()
                save.reset()
              }}
            />
          )}
          {isChanged && !isOvertaken && (
            <Alert color="yellow" variant="light" role="status">
              <Group justify="space-between">
                <Text size="sm">
                  {isChecked && unfinished >= 0 ? say.unfinishedSave : say.unsaved}
                </Text>
                <Group gap="xs">
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => {
                      drop()
                      save.reset()
                    }}
                  >
                    {say.discard}
                  </Button>
                  <Button size="xs" loading={isLooking || save.isPending} onClick={saveOwn}>
                    {say.save}
                  </Button>
                </Group>
              </Group>
            </Alert>
          )}
          {asking === undefined && !(isOvertaken && save.error?.code === 'version_old') && (
            <ProblemNote problem={save.error} />
          )}
          <ConfirmDialog
            opened={asking !== undefined}
            title={say.lostTitle}
            action={say.saveAnyway}
            danger
            busy={save.isPending}
            problem={save.error}
            onConfirm={() => asking !== undefined && void once(() => put(asking.body))}
            onClose={() => setAsking(undefined)}
          >
            {asking !== undefined && say.lost(asking.lost, asking.looked)}
          </ConfirmDialog>
          {rules.length === 0 && (
            <Empty icon="rules" title={say.none}>
              {say.noneMore}
            </Empty>
          )}
          {rules.map((rule, index) => (
            <RuleCard
              // A rule has no id of its own: its place is what it is.
              // oxlint-disable-next-line react/no-array-index-key
              key={index}
              rule={rule}
              isFirst={index === 0}
              isLast={index === rules.length - 1}
              isOpen={open?.index === index}
              isChecked={isChecked}
              isNew={open?.index === index && open.isNew === true}
              may={may}
              onOpen={() => setOpen(open?.index === index ? undefined : { index })}
              onMove={(by) => move(index, by)}
              onChange={(next) => change(rules.with(index, next))}
              onRemove={() => {
                change(rules.toSpliced(index, 1))
                setOpen(undefined)
              }}
            />
          ))}
          <NativeSelect
            label={say.otherwise}
            disabled={!may}
            value={withoutRule}
            onChange={({ currentTarget: { value } }) =>
              setDraft({ rules, withoutRule: value === 'drop' ? 'drop' : 'send', over })
            }
            data={[
              { value: 'send', label: say.otherwiseIs.send },
              { value: 'drop', label: say.otherwiseIs.drop },
            ]}
          />
          <ConfirmDialog
            opened={leaving !== undefined}
            title={say.leaveDraft}
            action={say.leaveAnyway}
            keep={say.keepDraft}
            danger
            onConfirm={() => {
              if (leaving !== undefined) restore(leaving)
              setLeaving(undefined)
            }}
            onClose={() => setLeaving(undefined)}
          >
            {say.leaveDraftMore}
          </ConfirmDialog>
          <History
            isBusy={isLooking || save.isPending}
            onRestore={may ? (isChanged ? setLeaving : restore) : undefined}
          />
        </Stack>
        {may && <Preview settings={settings} isUnfinished={unfinished >= 0} />}
      </SimpleGrid>
    </>
  )
}

function textOf({ rules, withoutRule }: Draft['over']): string {
  return JSON.stringify([rules, withoutRule])
}
