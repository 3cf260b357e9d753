import { Autocomplete, Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Loading } from '../parts/Loading.tsx'
import { NotConnected } from '../parts/NotConnected.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import parts from '../parts/parts.module.css'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { useConnection, useConnections, useFilters } from '../place.ts'
import { metricNames } from '../words/metric-names.ts'
import { words } from '../words/diagnose.ts'
import { Result } from './diagnose/Result.tsx'

const dayMs = 86_400_000
const spans = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, all: undefined } as const
type When = keyof typeof spans

/** T69–T71, W29–W32, M26: one question, answered in a sentence, and step by step down to the first stop. */
export function Diagnose() {
  const say = useWords(words)
  const connections = useConnections()
  const connection = useConnection()
  // Whom it is about never stands in the address: addresses are kept and sent around.
  const [filters, setFilters] = useFilters(['what', 'when', 'asked'])
  const first = { who: '', what: filters.what ?? '', when: whenOf(filters.when) }
  const form = useForm({
    initialValues: first,
    validate: {
      who: (who, { what }) => (who.trim() === '' && what.trim() === '' ? say.askSomething : null),
    },
  })
  const [asked, setAsked] = useState(first)
  // Whom it was about is not known any more once the page was loaded again.
  const isAsked = filters.asked === 'yes' && (asked.who.trim() !== '' || asked.what.trim() !== '')
  const ask = (values: typeof first) => {
    const { what, when } = values
    setAsked(values)
    setFilters({ what, when, asked: 'yes' })
    if (isAsked) void diagnosis.refetch()
  }
  const span = spans[asked.when]
  const from = span === undefined ? undefined : floorOf(Date.now() - span)
  const diagnosis = useAsk(
    'diagnose',
    {
      query: {
        ...(asked.who.trim() === '' ? {} : { who: asked.who.trim() }),
        ...(asked.what.trim() === '' ? {} : { metric: asked.what.trim() }),
        ...(from === undefined ? {} : { from }),
      },
    },
    { enabled: isAsked, keep: true },
  )
  if (connections.data !== undefined && connection === undefined) {
    return (
      <>
        <PageHead title={say.title} lead={say.lead} />
        <NotConnected icon="diagnose" say={say} />
      </>
    )
  }
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      <Stack gap="lg" maw={920} className={parts['any']}>
        <form onSubmit={form.onSubmit(ask)}>
          <Group align="flex-start" gap="sm">
            <TextInput
              label={say.who}
              description={say.whoMore}
              w={{ base: '100%', sm: 260 }}
              autoComplete="off"
              {...form.getInputProps('who')}
            />
            <Autocomplete
              label={say.what}
              description={say.whatMore}
              data={metricNames}
              w={{ base: '100%', sm: 260 }}
              {...form.getInputProps('what')}
            />
            <Select
              label={say.when}
              description={say.whenMore}
              data={Object.entries(say.whens).map(([value, label]) => ({ value, label }))}
              allowDeselect={false}
              w={{ base: '100%', sm: 190 }}
              {...form.getInputProps('when')}
            />
            <Button type="submit" loading={diagnosis.isFetching} mt={{ base: 0, sm: 40 }}>
              {say.check}
            </Button>
          </Group>
        </form>
        <ProblemNote problem={diagnosis.error} onRetry={() => void diagnosis.refetch()} />
        {!isAsked ? (
          <Empty icon="diagnose" title={say.noneYet}>
            {say.noneYetMore}
          </Empty>
        ) : diagnosis.data === undefined ? (
          diagnosis.error === null && <Loading rows={5} />
        ) : (
          <Result
            found={diagnosis.data}
            connectionId={connection?.id ?? ''}
            onMeant={(what) => {
              form.setFieldValue('what', what)
              ask({ ...asked, what })
            }}
          />
        )}
      </Stack>
    </>
  )
}

function whenOf(text: string | undefined): When {
  return text !== undefined && Object.hasOwn(spans, text) ? (text as When) : 'week'
}

/** To the minute, so that looking again asks the same. */
function floorOf(at: number): string {
  return new Date(Math.floor(at / 60_000) * 60_000).toISOString()
}
