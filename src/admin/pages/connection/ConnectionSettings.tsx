import { Button, Group, Select, SimpleGrid, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { listIdPattern, settingLimits } from '../../../core/settings.ts'
import { useAct } from '../../ask.ts'
import { useFresh } from '../../fresh-form.ts'
import { localeOf, useLanguage, useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { isWithin, NumberField, numberIn } from '../../parts/NumberField.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { type Connection, useMay } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/connection.ts'
import { ListChoice } from './ListChoice.tsx'

const hourMs = 3_600_000
const { requestsPerSecond: capLimits, lateAfterMs } = settingLimits
const lateLimits = { least: lateAfterMs.least / hourMs, most: lateAfterMs.most / hourMs }
const isListId = new RegExp(listIdPattern, 'u')

/** Of whom, on which list, how fast, and how patiently. A change holds for what has not been sent yet. */
export function ConnectionSettings({ connection }: { readonly connection: Connection }) {
  const say = useWords(words)
  const may = useMay()
  const { count } = useNumbers()
  const locale = localeOf(useLanguage())
  const { settings, version, id: connectionId } = connection
  const saved = {
    identity: settings.identity,
    listId: settings.listId ?? '',
    emailConsent: settings.emailConsent,
    smsConsent: settings.smsConsent,
    requestsPerSecond: typed(settings.requestsPerSecond, locale),
    patience: settings.patience,
    lateAfterHours: typed(settings.lateAfterMs / hourMs, locale),
  }
  const form = useForm({
    initialValues: saved,
    validate: {
      // What stands there already is not in the way of changing something else.
      listId: (id) =>
        id.trim() === '' || id === settings.listId || isListId.test(id.trim())
          ? null
          : say.listWrong,
      requestsPerSecond: (cap) =>
        cap.trim() === '' || isWithin(cap, capLimits)
          ? null
          : say.capWrong(count(capLimits.least), count(capLimits.most)),
      lateAfterHours: (hours) =>
        isWithin(hours, lateLimits)
          ? null
          : say.lateWrong(count(lateLimits.least), count(lateLimits.most)),
    },
  })
  const fresh = useFresh(form, saved)
  useUnsaved(form.isDirty())
  const save = useAct('changeSettings', {
    onDone() {
      fresh.done()
      notifications.show({ message: say.saved, color: 'green' })
    },
  })
  const canChange = may('develop')
  const send = form.onSubmit(({ listId, requestsPerSecond, lateAfterHours, ...rest }) => {
    fresh.send()
    save.mutate({
      params: { connectionId },
      body: {
        version,
        settings: {
          ...rest,
          listId: listId.trim() === '' ? null : listId.trim(),
          requestsPerSecond: numberIn(requestsPerSecond) ?? null,
          lateAfterMs: Math.round(numberIn(lateAfterHours)! * hourMs),
        },
      },
    })
  })
  return (
    <Panel title={say.settings} lead={canChange ? undefined : say.notAllowed}>
      <form onSubmit={send}>
        <fieldset disabled={!canChange} style={{ border: 0, margin: 0, padding: 0 }}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <Select
              label={say.identity}
              data={entries(say.identities)}
              allowDeselect={false}
              disabled={!canChange}
              {...form.getInputProps('identity')}
            />
            <Select
              label={say.patience}
              data={entries(say.patiences)}
              allowDeselect={false}
              disabled={!canChange}
              {...form.getInputProps('patience')}
            />
            <ListChoice
              connection={connection}
              value={form.values.listId}
              error={form.errors['listId']}
              disabled={!canChange}
              onChange={(listId) => form.setFieldValue('listId', listId)}
            />
            <NumberField
              label={say.cap}
              description={say.capMore}
              {...form.getInputProps('requestsPerSecond')}
            />
            <Stack gap="sm" justify="center">
              <Switch
                label={say.emailConsent}
                {...form.getInputProps('emailConsent', { type: 'checkbox' })}
              />
              <Switch
                label={say.smsConsent}
                {...form.getInputProps('smsConsent', { type: 'checkbox' })}
              />
            </Stack>
            <NumberField
              label={say.late}
              description={say.lateMore}
              {...form.getInputProps('lateAfterHours')}
            />
          </SimpleGrid>
          <Group mt="md">
            <Button type="submit" loading={save.isPending} disabled={!canChange || !form.isDirty()}>
              {say.save}
            </Button>
          </Group>
        </fieldset>
      </form>
      <ProblemNote problem={save.error} />
    </Panel>
  )
}

/** As somebody would type it. */
function typed(value: number | undefined, locale: string): string {
  if (value === undefined) return ''
  return new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 6 }).format(
    value,
  )
}

function entries(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }))
}
