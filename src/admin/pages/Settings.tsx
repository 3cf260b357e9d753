import { Select, Stack } from '@mantine/core'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Loading } from '../parts/Loading.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { Panel } from '../parts/Panel.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { useConnections, useFilters, useMay, useStore, useStores } from '../place.ts'
import { words } from '../words/settings.ts'
import { ConfigurationFile } from './settings/ConfigurationFile.tsx'
import { DeleteWorkspace } from './settings/DeleteWorkspace.tsx'
import { OfWorkspace } from './settings/OfWorkspace.tsx'
import { Privacy } from './settings/Privacy.tsx'
import { StoreSettings } from './settings/StoreSettings.tsx'

/** What is set once: of the workspace, of each store, and all of it as a file (M28). */
export function Settings() {
  const say = useWords(words)
  const may = useMay()
  const workspace = useAsk('getWorkspace')
  const stores = useStores()
  const problem = workspace.error ?? stores.error
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <ProblemNote problem={problem} />
      {workspace.data === undefined || stores.data === undefined ? (
        problem === null && <Loading rows={6} />
      ) : (
        <Stack gap="lg" maw={920}>
          <OfWorkspace key={workspace.data.id} workspace={workspace.data} />
          <OfStore />
          {may('exportConfiguration') && <ConfigurationFile workspace={workspace.data} />}
          {may('deleteWorkspace') && <DeleteWorkspace name={workspace.data.name} />}
        </Stack>
      )}
    </>
  )
}

/** Of the store that was chosen, else of the one that all pages are about. */
function OfStore() {
  const say = useWords(words)
  const [{ store: storeId }, setFilters] = useFilters(['store'])
  const usual = useStore()
  const stores = useStores().data?.data ?? []
  const store = stores.find(({ id }) => id === storeId) ?? usual
  const connection = useConnections().data?.data.find(
    (one) => one.storeId === store?.id && one.state !== 'disconnected',
  )
  if (store === undefined) return <Panel title={say.store} lead={say.noStore} />
  return (
    <>
      {stores.length > 1 && (
        <Select
          label={say.which}
          data={stores.map(({ id, name }) => ({ value: id, label: name }))}
          value={store.id}
          allowDeselect={false}
          maw={360}
          onChange={(value) => setFilters({ store: value ?? undefined })}
        />
      )}
      <StoreSettings key={store.id} store={store} />
      <Privacy key={connection?.id} connection={connection} />
    </>
  )
}
