import { Stack } from '@mantine/core'
import { useAsk } from '../ask.ts'
import { useWords } from '../language.ts'
import { Loading } from '../parts/Loading.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { words } from '../words/operator.ts'
import { Figures } from './operator/Figures.tsx'
import { Flags } from './operator/Flags.tsx'
import { Nodes } from './operator/Nodes.tsx'
import { Tenants } from './operator/Tenants.tsx'
import { Waits } from './operator/Waits.tsx'

/** For whoever looks after the installation: what is noisy, what is broken, and how the nodes do. */
export function Operator() {
  const say = useWords(words)
  const { data, error, refetch } = useAsk('getInstallation', {}, { everyMs: 5000 })
  return (
    <>
      <PageHead title={say.title} lead={say.lead} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <ProblemNote problem={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Stack gap="lg">
          <ProblemNote problem={error} onRetry={() => void refetch()} />
          <Figures installation={data} />
          <Tenants />
          <Nodes nodes={data.nodes} at={data.at} />
          <Waits here={data.here} />
          <Flags flags={data.flags} />
        </Stack>
      )}
    </>
  )
}
