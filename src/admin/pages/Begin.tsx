import { Button, Group, List, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../call.ts'
import { useWords } from '../language.ts'
import { CurrencyField } from '../parts/CurrencyField.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { Section } from '../parts/Section.tsx'
import { useStoreFaults } from '../parts/store-faults.ts'
import { ZoneSelect } from '../parts/ZoneSelect.tsx'
import { useMe } from '../place.ts'
import { words } from '../words/begin.ts'
import { ownZone } from '../zone.ts'

/** After the first member was made, and for each further workspace: the company, its first store, what then. */
export function Begin() {
  const say = useWords(words)
  const me = useMe().data
  const [first] = me?.workspaces ?? []
  const isNew = new URLSearchParams(location.search).has('first')
  return (
    <>
      <PageHead title={isNew ? say.welcome(me?.member?.name ?? '') : say.title} lead={say.lead} />
      <Stack maw={720} m={0}>
        {me?.member?.secondFactor === false && (
          <Section title={say.secure} lead={say.secureLead}>
            <Button component={Link} to="/admin/account" variant="default">
              {say.secureDo}
            </Button>
          </Section>
        )}
        {isNew && first !== undefined ? (
          <Section title={say.ready(first.name)} lead={say.readyLead}>
            <Button component={Link} to={`/admin/${first.id}`}>
              {say.goOn}
            </Button>
          </Section>
        ) : (
          <NewWorkspace />
        )}
      </Stack>
    </>
  )
}

interface Given {
  readonly name: string
  readonly store: string
  readonly domain: string
  readonly country: string
  readonly currency: string
  readonly timeZone: string
}

function NewWorkspace() {
  const say = useWords(words)
  const navigate = useNavigate()
  const queries = useQueryClient()
  // Whoever tries again after the store was refused wants no second workspace.
  const [made, setMade] = useState<string>()
  const form = useForm<Given>({
    initialValues: {
      name: '',
      store: '',
      domain: '',
      country: '',
      currency: 'EUR',
      timeZone: ownZone(),
    },
    validate: useStoreFaults(),
  })
  const create = useMutation<string, Error, Given>({
    mutationFn: async ({ name, store, domain, country, currency, timeZone }) => {
      const workspaceId = made ?? (await call('createWorkspace', { body: { name } })).id
      setMade(workspaceId)
      await call('createStore', {
        params: { workspaceId },
        body: {
          name: store,
          timeZone,
          ...(domain.trim() === '' ? {} : { domain: domain.trim() }),
          ...(country.trim() === '' ? {} : { country: country.trim().toUpperCase() }),
          ...(currency.trim() === '' ? {} : { currency: currency.trim().toUpperCase() }),
        },
      })
      return workspaceId
    },
    onSuccess: async (workspaceId) => {
      await queries.invalidateQueries()
      await navigate({ to: `/admin/${workspaceId}` } as never)
    },
  })
  return (
    <Section title={say.workspace} lead={say.workspaceLead}>
      <form onSubmit={form.onSubmit((given) => create.mutate(given))}>
        <Stack>
          <ProblemNote problem={create.error} />
          <TextInput
            label={say.name}
            description={say.nameHint}
            required
            maxLength={100}
            disabled={made !== undefined}
            {...form.getInputProps('name')}
          />
          <TextInput
            label={say.store}
            description={say.storeHint}
            required
            maxLength={100}
            {...form.getInputProps('store')}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label={say.domain}
              placeholder="shop.example"
              {...form.getInputProps('domain')}
            />
            <TextInput label={say.country} placeholder="DE" {...form.getInputProps('country')} />
            <CurrencyField label={say.currency} {...form.getInputProps('currency')} />
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            {say.countryWhy}
          </Text>
          <ZoneSelect
            value={form.values.timeZone}
            onChange={(zone) => form.setFieldValue('timeZone', zone)}
          />
          <Group>
            <Button type="submit" loading={create.isPending}>
              {say.create}
            </Button>
          </Group>
          <div>
            <Text fw={550}>{say.whatThen}</Text>
            <List size="sm" mt={4}>
              {say.steps.map((step) => (
                <List.Item key={step}>{step}</List.Item>
              ))}
            </List>
          </div>
        </Stack>
      </form>
    </Section>
  )
}
