import { Alert, Button, Stack, Text } from '@mantine/core'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useTell } from '../../parts/tell.ts'
import { useMay } from '../../place.ts'
import { words } from '../../words/connection.ts'

/** Says so while another integration sends what this connection sends, until somebody acknowledges it. */
export function DoubleNote({ connectionId }: { readonly connectionId: string }) {
  const say = useWords(words)
  const tell = useTell()
  const may = useMay()
  const params = { connectionId }
  const { data } = useAsk('findDoubles', { params })
  const acknowledge = useAct('acknowledgeDoubles')
  if (data?.state !== 'found') return null
  const integrations = data.data.map(({ integration }) => integration)
  return (
    <Alert
      color="orange"
      variant="light"
      role="alert"
      title={say.doubles}
      icon={<Icon name="failed" />}
    >
      <Stack gap="xs" align="flex-start">
        <Text fw={600}>{tell(data.says)}</Text>
        {data.todo !== undefined && <Text size="sm">{tell(data.todo)}</Text>}
        {may('acknowledgeDoubles') && (
          <Button
            size="xs"
            variant="default"
            loading={acknowledge.isPending}
            onClick={() => acknowledge.mutate({ params, body: { integrations } })}
          >
            {say.acknowledge}
          </Button>
        )}
        <ProblemNote problem={acknowledge.error} />
      </Stack>
    </Alert>
  )
}
