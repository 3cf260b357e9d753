import { Stack } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Loading } from '../parts/Loading.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { useConnection, useConnections, useStore, useStores } from '../place.ts'
import { words } from '../words/connection.ts'
import { Access } from './connection/Access.tsx'
import { ConnectKlaviyo } from './connection/ConnectKlaviyo.tsx'
import { ConnectionSettings } from './connection/ConnectionSettings.tsx'
import { ConnectionStatus } from './connection/ConnectionStatus.tsx'
import { DoubleNote } from './connection/DoubleNote.tsx'
import { FormerConnections } from './connection/FormerConnections.tsx'
import { Permissions } from './connection/Permissions.tsx'
import { SegmentList } from './connection/SegmentList.tsx'
import { Support } from './connection/Support.tsx'

/** Everything about a store's connection to Klaviyo (T9–T13, T49, Z2–Z4, S3–S6, W16, W19, W32). */
export function Connection() {
  const say = useWords(words)
  const connections = useConnections()
  const chosen = useConnection()
  const stores = useStores()
  const store = useStore()
  const [keyOf, setKeyOf] = useState<string>()
  if (connections.data === undefined || stores.data === undefined) {
    return (
      <>
        <PageHead title={say.title} />
        <ProblemNote problem={connections.error ?? stores.error} />
        <Loading rows={6} />
      </>
    )
  }
  const live = chosen?.state === 'disconnected' ? undefined : chosen
  const ofStore = connections.data.data.filter(({ storeId }) => storeId === store?.id)
  const isTaken = ofStore.some(({ state }) => state !== 'disconnected')
  if (store === undefined) {
    return (
      <>
        <PageHead title={say.title} />
        <Empty icon="store" title={say.noStore}>
          {say.noStoreMore}
        </Empty>
      </>
    )
  }
  // Of a former one whose store is connected again there is only the past. A new write key is shown on after it is
  // connected, until it was copied.
  const isConnecting = keyOf === store.id || (live === undefined && !isTaken)
  return (
    <>
      <PageHead title={say.title} lead={say.of(store.name)} />
      <Stack gap="lg" maw={920}>
        {isConnecting ? (
          <ConnectKlaviyo store={store} onShowKey={setKeyOf} />
        ) : live === undefined ? null : (
          <>
            <ConnectionStatus connection={live} storeName={store.name} />
            <DoubleNote connectionId={live.id} />
            <Permissions destinationId={live.destinationId} />
            <ConnectionSettings key={live.id} connection={live} />
            <SegmentList connection={live} title={say.segments} lead={say.segmentsLead} />
            <Access connection={live} storeId={store.id} />
          </>
        )}
        <FormerConnections storeId={store.id} />
        <Support />
      </Stack>
    </>
  )
}
