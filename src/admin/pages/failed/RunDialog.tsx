import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { useConnection } from '../../place.ts'
import { words } from '../../words/failed.ts'

/** What is to be done with all events of a cause; without a reason: with all that failed. */
export interface Wanted {
  readonly act: 'replay' | 'discard'
  readonly reason?: string
}

/** Says before how many, what will happen and how long it takes. */
export function RunDialog({
  wanted,
  onClose,
}: {
  readonly wanted: Wanted | undefined
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const { count, duration } = useNumbers()
  const reasons = useReasons()
  const { act = 'replay', reason } = wanted ?? {}
  const connection = useConnection()
  const isPaused = act === 'replay' && connection?.state === 'paused'
  const estimate = useAsk(
    'estimateRun',
    { query: { act, ...(reason === undefined ? {} : { reason }) } },
    { enabled: wanted !== undefined },
  )
  const start = useAct('startRun', {
    onDone({ begun, run }) {
      notifications.show({
        message: begun ? say.started : run === undefined ? say.dialog.nothing : say.runsElsewhere,
        color: begun ? 'green' : 'orange',
      })
      onClose()
    },
  })
  const close = () => {
    start.reset()
    onClose()
  }
  const { data } = estimate
  const some = data === undefined ? undefined : say.some(data.count, count(data.count))
  const { dialog } = say
  return (
    <ConfirmDialog
      opened={wanted !== undefined}
      title={
        some === undefined
          ? act === 'replay'
            ? dialog.replayTitle
            : dialog.discardTitle
          : dialog[act](some)
      }
      action={act === 'replay' ? dialog.replayTitle : dialog.discardTitle}
      danger={act === 'discard'}
      busy={start.isPending || data === undefined}
      disabled={data?.count === 0}
      problem={start.error}
      onConfirm={() => start.mutate({ body: { act, ...(reason === undefined ? {} : { reason }) } })}
      onClose={close}
    >
      <Stack gap="xs">
        <ProblemNote problem={estimate.error} onRetry={() => void estimate.refetch()} />
        <Text fw={550}>{reason === undefined ? say.everything : reasons(reason).sentence}</Text>
        <Text>{(act === 'replay' ? dialog.replayMore : dialog.discardMore)(data?.count ?? 0)}</Text>
        <Text c="dimmed">
          {data === undefined
            ? dialog.counting
            : data.count === 0
              ? dialog.nothing
              : isPaused
                ? say.waitsFor.paused
                : dialog.estimate(duration(Math.max(1000, data.estimateMs)))}
        </Text>
      </Stack>
    </ConfirmDialog>
  )
}
