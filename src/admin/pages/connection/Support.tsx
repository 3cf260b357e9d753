import { Anchor, Text } from '@mantine/core'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Panel } from '../../parts/Panel.tsx'
import { words } from '../../words/connection.ts'

/** T13: whom to ask, as whoever hosts the installation has set it. */
export function Support() {
  const say = useWords(words)
  const support = useAsk('getHost').data?.support
  if (support === undefined) return null
  return (
    <Panel title={say.support}>
      <Text>
        {say.supportLead}{' '}
        <Anchor href={support} underline="always">
          {support.replace(/^mailto:/u, '')}
        </Anchor>
      </Text>
    </Panel>
  )
}
