import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAsk } from '../ask.ts'
import type { AnswerOf } from '../call.ts'
import { useConnectionName } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Loading } from '../parts/Loading.tsx'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { isReason } from '../parts/Reason.tsx'
import { Ways } from '../parts/Ways.tsx'
import { useConnection, useFilters, useMay } from '../place.ts'
import { words } from '../words/failed.ts'
import look from '../parts/parts.module.css'
import { CauseList } from './failed/CauseList.tsx'
import { OfCause } from './failed/OfCause.tsx'
import { RunDialog, type Wanted } from './failed/RunDialog.tsx'
import { doneOf, Runs } from './failed/Runs.tsx'

/** M25: what failed, by cause; sent again or let go of, with its count before and its progress after. */
export function Failed() {
  const say = useWords(words)
  const may = useMay()('startRun')
  const connection = useConnection()
  // A connection that has ended sends nothing, and one that is switched off ends it as not sent.
  const why =
    connection?.state === 'disconnected' ? 'ended' : connection?.state === 'off' ? 'off' : undefined
  const maySend = may && why === undefined
  const [{ cause }, setFilters] = useFilters(['cause'])
  const [wanted, setWanted] = useState<Wanted>()
  const failed = useAsk('listFailed', {}, { everyMs: 5000 })
  const { data, error, refetch } = failed
  const isAnything = data !== undefined && data.total > 0
  const areSeveral = data !== undefined && data.causes.length > 1
  // One at a time: all of a cause can be asked for again once it has ended.
  const isBusy = data?.runs.some(({ state }) => state === 'running') === true
  return (
    <>
      <PageHead
        title={say.title}
        lead={why === undefined ? say.lead : say.maySendNot[why]}
        actions={
          <Group gap="sm">
            {may && areSeveral && cause === undefined && (
              <>
                <Button
                  variant="default"
                  disabled={isBusy}
                  onClick={() => setWanted({ act: 'discard' })}
                >
                  {say.discardEverything}
                </Button>
                {maySend && (
                  <Button disabled={isBusy} onClick={() => setWanted({ act: 'replay' })}>
                    {say.replayEverything}
                  </Button>
                )}
              </>
            )}
          </Group>
        }
      />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <ProblemNote problem={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Stack gap="lg">
          <ProblemNote problem={error} onRetry={() => void refetch()} />
          {!may && isAnything && <Text c="dimmed">{say.mayNot}</Text>}
          {why === 'off' && <Ways code="connection_off" />}
          <Elsewhere former={data.former} />
          <Runs runs={data.runs} mayAct={may} maySend={maySend} onWanted={setWanted} />
          {cause !== undefined && !isReason(cause) ? (
            <div className={look['card']}>
              <Empty
                icon="check"
                title={say.unknownCause}
                action={
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => setFilters({ cause: undefined })}
                  >
                    {say.back}
                  </Button>
                }
              >
                {say.unknownCauseMore}
              </Empty>
            </div>
          ) : cause !== undefined ? (
            <OfCause
              cause={cause}
              events={data.causes.find(({ reason }) => reason === cause)?.events ?? 0}
              mayAct={may}
              maySend={maySend}
              isBusy={isBusy}
              onWanted={setWanted}
            />
          ) : isAnything ? (
            <CauseList
              causes={data.causes}
              mayAct={may}
              maySend={maySend}
              isBusy={isBusy}
              onWanted={setWanted}
            />
          ) : (
            <div className={look['card']}>
              <Nothing runs={data.runs} isElsewhere={data.former.length > 0} />
            </div>
          )}
        </Stack>
      )}
      <RunDialog wanted={wanted} onClose={() => setWanted(undefined)} />
    </>
  )
}

/** Nothing stands here that failed; what is sent again may come back. */
function Nothing({
  runs,
  isElsewhere,
}: {
  readonly runs: AnswerOf<'listFailed'>['runs']
  /** Something has, over a former connection. */
  readonly isElsewhere: boolean
}) {
  const say = useWords(words)
  const { count } = useNumbers()
  const run = runs.find(({ act, state }) => act === 'replay' && state === 'running')
  const left = run === undefined ? 0 : run.total - doneOf(run)
  return left > 0 ? (
    <Empty
      icon="sync"
      title={say.underWay(left, count(left))}
      action={
        <Button component="a" href="#runs" variant="default" size="xs">
          {say.toProgress}
        </Button>
      }
    >
      {say.underWayMore}
    </Empty>
  ) : (
    <Empty icon="check" title={isElsewhere ? say.noneHere : say.none}>
      {isElsewhere ? undefined : say.noneMore}
    </Empty>
  )
}

/** What failed before the store was connected anew, and the way there. */
function Elsewhere({ former }: { readonly former: AnswerOf<'listFailed'>['former'] }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const nameOf = useConnectionName()
  const [, setFilters] = useFilters(['connection', 'cause'])
  return former.map(({ connectionId, events }) => (
    <Group key={connectionId} gap="sm">
      <Text size="sm" c="dimmed">
        {say.former(say.some(events, count(events)), nameOf(connectionId))}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setFilters({ connection: connectionId, cause: undefined })}
      >
        {say.look}
      </Button>
    </Group>
  ))
}
