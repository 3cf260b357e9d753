import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useAct, useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Loading } from '../parts/Loading.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { CurrencyField } from '../parts/CurrencyField.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { ZoneSelect } from '../parts/ZoneSelect.tsx'
import { useStoreFaults } from '../parts/store-faults.ts'
import { useMay, useStores } from '../place.ts'
import { words as partWords } from '../words/parts.ts'
import { words } from '../words/stores.ts'
import { ownZone } from '../zone.ts'
import { StoreCard } from './stores/StoreCard.tsx'

/** The stores, the sources that their events come in by, and what to put into the shop. */
export function Stores() {
  const say = useWords(words)
  const may = useMay()
  const stores = useStores()
  const sources = useAsk('listSources')
  const [isAdding, setAdding] = useState(false)
  const add = may('createStore') && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
      {say.addStore}
    </Button>
  )
  const problem = stores.error ?? sources.error
  return (
    <>
      <PageHead title={say.title} lead={say.lead} actions={add} />
      <ProblemNote problem={problem} />
      {stores.data === undefined || sources.data === undefined ? (
        problem === null && <Loading rows={5} />
      ) : stores.data.data.length === 0 ? (
        <Empty icon="store" title={say.none}>
          {say.noneMore}
        </Empty>
      ) : (
        <Stack gap="lg" maw={920}>
          {stores.data.data.map((store) => (
            <StoreCard
              key={store.id}
              store={store}
              sources={sources.data.data.filter(({ storeId }) => storeId === store.id)}
            />
          ))}
        </Stack>
      )}
      <AddStore opened={isAdding} onClose={() => setAdding(false)} />
    </>
  )
}

function AddStore({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const say = useWords(words)
  const { cancel, close } = useWords(partWords)
  const isFirst = useStores().data?.data.length === 0
  const usual = { name: '', domain: '', country: '', currency: '' }
  const form = useForm({
    initialValues: { ...usual, timeZone: isFirst ? ownZone() : 'UTC' },
    validate: useStoreFaults(),
  })
  const add = useAct('createStore', {
    onDone() {
      form.reset()
      onClose()
    },
  })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={say.addStore}
      closeButtonProps={{ 'aria-label': close }}
    >
      <form
        onSubmit={form.onSubmit(({ name, domain, country, currency, timeZone }) =>
          add.mutate({
            body: {
              name,
              timeZone,
              ...filled({
                domain: domain.trim(),
                country: country.trim().toUpperCase(),
                currency: currency.trim().toUpperCase(),
              }),
            },
          }),
        )}
      >
        <Stack>
          <TextInput
            label={say.name}
            required
            maxLength={100}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label={say.domain}
            placeholder="shop.example"
            {...form.getInputProps('domain')}
          />
          <TextInput
            label={say.country}
            description={say.countryMore}
            {...form.getInputProps('country')}
          />
          <CurrencyField
            label={say.currency}
            description={say.currencyMore}
            {...form.getInputProps('currency')}
          />
          <ZoneSelect
            value={form.values.timeZone}
            onChange={(zone) => form.setFieldValue('timeZone', zone)}
          />
          <ProblemNote problem={add.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {cancel}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {say.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Only what was filled in. */
function filled(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
