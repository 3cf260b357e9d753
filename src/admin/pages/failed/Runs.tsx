import { Badge, Button, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { Time } from '../../parts/Time.tsx'
import { Ways } from '../../parts/Ways.tsx'
import { words } from '../../words/failed.ts'
import type { Wanted } from './RunDialog.tsx'
import look from './failed.module.css'

type Run = AnswerOf<'getRun'>

/** What was asked for of late: how far it has got, or what came of it. */
export function Runs({
  runs,
  mayAct,
  maySend,
  onWanted,
}: {
  readonly runs: readonly Run[]
  readonly mayAct: boolean
  /** What it sends would not end as not sent. */
  readonly maySend: boolean
  readonly onWanted: (wanted: Wanted) => void
}) {
  const say = useWords(words)
  if (runs.length === 0) return null
  return (
    <section className={look['runs']} aria-labelledby="runs">
      <Title order={2} id="runs">
        {say.runs}
      </Title>
      <ul className={look['list']}>
        {runs.map((run, place) =>
          run.state === 'running' ? (
            <Running key={run.id} run={run} mayAct={mayAct} />
          ) : (
            <Ended
              key={run.id}
              run={run}
              // What was let go of last can be taken back as a whole.
              onUndo={
                maySend && place === 0 && run.act === 'discard' && run.taken > 0
                  ? () => onWanted({ act: 'replay', reason: 'discarded' })
                  : undefined
              }
            />
          ),
        )}
      </ul>
    </section>
  )
}

function Running({ run: known, mayAct }: { readonly run: Run; readonly mayAct: boolean }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const reasonOf = useReasonName()
  const asked = useAsk('getRun', { params: { runId: known.id } }, { everyMs: 1000 })
  const cancel = useAct('cancelRun')
  const run = asked.data ?? known
  const done = doneOf(run)
  // That nobody answered is over once there is a newer answer.
  const isOver = cancel.error?.status === 0 && asked.dataUpdatedAt > cancel.submittedAt
  const share = run.total === 0 ? 0 : Math.min(100, (done / run.total) * 100)
  const text = say.progress(count(done), count(run.total))
  return (
    <li>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="sm" fw={550}>
            {say.running[run.act](reasonOf(run))}
          </Text>
          <Group gap="sm">
            <Text size="sm" className={look['number']} role="status">
              {text}
            </Text>
            {mayAct && (
              <Button
                variant="default"
                size="xs"
                loading={cancel.isPending}
                onClick={() => cancel.mutate({ params: { runId: run.id } })}
              >
                {say.cancel}
              </Button>
            )}
          </Group>
        </Group>
        <Progress
          value={share}
          aria-label={say.running[run.act](reasonOf(run))}
          transitionDuration={300}
        />
        {run.waitsFor !== undefined && <Waiting reason={run.waitsFor} />}
        <ProblemNote problem={isOver ? null : cancel.error} />
      </Stack>
    </li>
  )
}

/** Why it gets no further, and the way to where that is put right. */
function Waiting({ reason }: { readonly reason: string }) {
  const { waitsFor } = useWords(words)
  const told = useReasons()(reason)
  return (
    <Group gap="sm">
      <Text size="sm">{reason === 'paused' ? waitsFor.paused : waitsFor.other(told.sentence)}</Text>
      <Ways code={reason} />
    </Group>
  )
}

function Ended({ run, onUndo }: { readonly run: Run; readonly onUndo: (() => void) | undefined }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const reasonOf = useReasonName()
  const { ended } = say
  const result =
    run.act === 'discard'
      ? ended.discard(count(run.taken))
      : [
          ended.replay(count(run.accepted), count(run.ended)),
          ...(run.later > 0 ? [ended.replayLater(run.later, count(run.later))] : []),
          ...(run.state === 'cancelled' ? [ended.left(count(run.total - doneOf(run)))] : []),
        ].join(', ')
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Badge
            variant="light"
            color={run.state === 'cancelled' ? 'gray' : run.ended > 0 ? 'orange' : 'green'}
            radius="sm"
            tt="none"
            fw={550}
          >
            {run.state === 'cancelled' ? ended.cancelled : ended.done}
          </Badge>
          <Text size="sm">
            {reasonOf(run)} · {result}
          </Text>
        </Group>
        <Group gap="sm">
          <Text size="sm" c="dimmed" component="div">
            <Time at={run.endedAt ?? run.askedAt} />
          </Text>
          {onUndo !== undefined && (
            <Button variant="default" size="xs" onClick={onUndo}>
              {say.undo}
            </Button>
          )}
        </Group>
      </Group>
    </li>
  )
}

/** Of a replay, those that an answer has come for. */
export function doneOf({ act, taken, accepted, later, ended }: Run): number {
  return act === 'discard' ? taken : accepted + later + ended
}

function useReasonName(): (run: Run) => string {
  const say = useWords(words)
  const reasons = useReasons()
  return ({ reason }) => (reason === undefined ? say.everything : reasons(reason).sentence)
}
