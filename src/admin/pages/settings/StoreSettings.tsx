import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useAct } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useFresh } from '../../fresh-form.ts'
import { useWords } from '../../language.ts'
import { Panel } from '../../parts/Panel.tsx'
import { CurrencyField } from '../../parts/CurrencyField.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useStoreFaults } from '../../parts/store-faults.ts'
import { useMay } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/settings.ts'

type Store = AnswerOf<'listStores'>['data'][number]

/** How a store is called, and what is read with its help. */
export function StoreSettings({ store }: { readonly store: Store }) {
  const say = useWords(words)
  const canChange = useMay()('changeStore')
  const wrong = useStoreFaults()
  // What is there can be changed, not emptied.
  const stays = (name: 'domain' | 'country' | 'currency') => (text: string) =>
    text.trim() === '' && store[name] !== undefined ? say.stays : wrong[name](text)
  const saved = {
    name: store.name,
    domain: store.domain ?? '',
    country: store.country ?? '',
    currency: store.currency ?? '',
  }
  const form = useForm({
    initialValues: saved,
    validate: {
      name: (name) => (name.trim() === '' ? say.needed : null),
      domain: stays('domain'),
      country: stays('country'),
      currency: stays('currency'),
    },
  })
  const fresh = useFresh(form, saved)
  useUnsaved(form.isDirty())
  const save = useAct('changeStore', {
    onDone() {
      fresh.done()
      notifications.show({ message: say.saved, color: 'green' })
    },
  })
  // What was not touched here may have been changed by somebody else.
  const send = form.onSubmit((values) => {
    fresh.send()
    save.mutate({
      params: { storeId: store.id },
      body: Object.fromEntries(
        Object.entries(values).flatMap(([name, text]) =>
          form.isDirty(name) && text.trim() !== ''
            ? [[name, isCode(name) ? text.trim().toUpperCase() : text.trim()]]
            : [],
        ),
      ),
    })
  })
  return (
    <Panel title={say.store} lead={canChange ? say.storeLead(store.key) : say.notAllowed}>
      <form onSubmit={send}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <TextInput
              label={say.name}
              required
              maxLength={100}
              disabled={!canChange}
              {...form.getInputProps('name')}
            />
            <TextInput
              label={say.domain}
              placeholder="shop.example"
              disabled={!canChange}
              {...form.getInputProps('domain')}
            />
            <TextInput
              label={say.country}
              description={say.countryMore}
              disabled={!canChange}
              {...form.getInputProps('country')}
            />
            <CurrencyField
              label={say.currency}
              description={say.currencyMore}
              disabled={!canChange}
              {...form.getInputProps('currency')}
            />
          </SimpleGrid>
          <ProblemNote problem={save.error} />
          {canChange && (
            <Group>
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {say.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  )
}

function isCode(name: string): boolean {
  return name === 'country' || name === 'currency'
}
