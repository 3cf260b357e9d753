import { Autocomplete, Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Empty } from '../parts/Empty.tsx'
import { Loading } from '../parts/Loading.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import parts from '../parts/parts.module.css'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { useConnection, useFilters } from '../place.ts'
import { metricNames } from '../words/metric-names.ts'
import { words } from '../words/diagnose.ts'
import { Result } from './diagnose/Result.tsx'

const dayMs = 86_400_000
const spans = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, all: undefined } as const
type When = keyof typeof spans

/** T69–T71, W29–W32, M26: one question, answered in a sentence, and step by step down to the first stop. */
export function Diagnose() {
  const say = useWords(words)
  const connection = useConnection()
  const [filters, setFilters] = useFilters(['who', 'what', 'when', 'asked'])
  const asked = { who: filters.who ?? '', what: filters.what ?? '', when: whenOf(filters.when) }
  const form = useForm({
    initialValues: asked,
    validate: {
      who: (who, { what }) => (who.trim() === '' && what.trim() === '' ? say.askSomething : null),
    },
  })
  // An address that was sent to somebody does not say whom it was about: without them the answer would be another.
  const lacksWho = filters.asked === 'shopper' && asked.who === ''
  const isAsked = filters.asked !== undefined && !lacksWho && asked.who + asked.what !== ''
  const ask = ({ who: given, what: named, when }: typeof asked) => {
    const [who, what] = [given.trim(), named.trim()]
    setFilters({ who, what, when, asked: who === '' ? 'yes' : 'shopper' })
    const isSame = who === asked.who && what === asked.what && when === asked.when
    if (isAsked && isSame) void diagnosis.refetch()
  }
  const span = spans[asked.when]
  const from = span === undefined ? undefined : floorOf(Date.now() - span)
  const diagnosis = useAsk(
    'diagnose',
    {
      query: {
        ...(asked.who === '' ? {} : { who: asked.who }),
        ...(asked.what === '' ? {} : { metric: asked.what }),
        ...(from === undefined ? {} : { from }),
      },
    },
    { enabled: isAsked, keep: true },
  )
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
              maxLength={254}
              {...form.getInputProps('who')}
            />
            <Autocomplete
              label={say.what}
              description={say.whatMore}
              data={metricNames}
              maxLength={255}
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
          <Empty icon="diagnose" title={lacksWho ? say.whoAgain : say.noneYet}>
            {lacksWho ? say.whoAgainMore : say.noneYetMore}
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
