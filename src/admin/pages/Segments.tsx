import { Button, List, Stack, Text } from '@mantine/core'
import { useAct } from '../ask.ts'
import { useWords } from '../language.ts'
import { Loading } from '../parts/Loading.tsx'
import { NotConnected } from '../parts/NotConnected.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Panel } from '../parts/Panel.tsx'
import { useConnection, useConnections, useMay } from '../place.ts'
import { words } from '../words/segments.ts'
import { SegmentList } from './connection/SegmentList.tsx'

/** T49–T54, and which metrics Klaviyo takes for revenue and the like. */
export function Segments() {
  const say = useWords(words)
  const may = useMay()
  const connections = useConnections()
  const connection = useConnection()
  const map = useAct('mapMetrics')
  const isLive = connection !== undefined && connection.state !== 'disconnected'
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <ProblemNote problem={connections.error} />
      {connections.data === undefined ? (
        connections.error === null && <Loading rows={4} />
      ) : isLive ? (
        <Stack gap="lg" maw={920}>
          <SegmentList connection={connection} title={connection.accountName} />
          {may('mapMetrics') && connection.state !== 'ERROR' && (
            <Panel
              title={say.mapped}
              lead={say.mappedLead}
              actions={
                <Button
                  variant="default"
                  loading={map.isPending}
                  onClick={() =>
                    map.mutate({ params: { destinationId: connection.destinationId } })
                  }
                >
                  {say.map}
                </Button>
              }
            >
              <ProblemNote problem={map.error} />
              {map.data !== undefined && (
                <List size="sm" role="status">
                  {map.data.data.map(({ slot, metric, outcome, message }) => (
                    <List.Item key={slot}>
                      {metric}:{' '}
                      <Text span size="sm" c="dimmed">
                        {say.slots[outcome]} {message}
                      </Text>
                    </List.Item>
                  ))}
                </List>
              )}
            </Panel>
          )}
        </Stack>
      ) : (
        <NotConnected icon="segment" say={say} />
      )}
    </>
  )
}
