import { Button, Group, Text, Title, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { usePageLink } from '../../parts/page-link.ts'
import { useConnection, useMay } from '../../place.ts'
import { words } from '../../words/overview.ts'
import look from './overview.module.css'

type Steps = AnswerOf<'getOverview'>['steps']

/** What is left to do until the first customer can be written to. Gone once all of it is done. */
export function SetUp({ steps }: { readonly steps: Steps }) {
  const say = useWords(words)
  const linkTo = usePageLink()
  const { accepted } = steps
  // Klaviyo is asked only when this is all that may be left.
  const connection = useConnection()
  const destinationId = connection?.destinationId ?? ''
  // Whom Klaviyo refuses, or who left it, it tells nothing.
  const canAsk =
    connection !== undefined && connection.state !== 'disconnected' && connection.state !== 'ERROR'
  const segments = useAsk(
    'listSegments',
    { params: { destinationId } },
    { enabled: accepted && canAsk },
  )
  const isSegmentThere = segments.data?.data.some(({ state }) => state === 'there') === true
  const may = useMay()
  const list = [
    { name: 'connected', isDone: steps.connected, page: 'integrations', needs: 'connect' },
    { name: 'received', isDone: steps.received, page: 'testEvent', needs: 'operate' },
    { name: 'accepted', isDone: accepted, page: 'live', needs: 'read' },
    { name: 'segment', isDone: isSegmentThere, page: 'segments', needs: 'createSegment' },
  ] as const
  const done = list.filter(({ isDone }) => isDone).length
  if (done === list.length || (accepted && segments.data === undefined)) return null
  // Once events flow, what is done needs no room any more.
  const shown = accepted ? list.filter(({ isDone }) => !isDone) : list
  return (
    <section className={look['card']} aria-labelledby="set-up">
      <Group justify="space-between">
        <Title order={2} id="set-up">
          {say.setUp}
        </Title>
        <Text size="sm" c="dimmed">
          {say.setUpDone(done, list.length)}
        </Text>
      </Group>
      <ol className={look['steps']}>
        {shown.map(({ name, isDone, page, needs }) => {
          const address = isDone || !may(needs) ? undefined : linkTo(page)
          return (
            <li key={name} data-done={isDone}>
              <span className={look['sign']} data-color={isDone ? 'green' : 'gray'}>
                <Icon name={isDone ? 'check' : 'right'} size={15} />
              </span>
              <div className={look['grow']}>
                <Text size="sm" fw={550}>
                  {say.steps[name]}
                  <VisuallyHidden>{`: ${isDone ? say.done : say.open}`}</VisuallyHidden>
                </Text>
                {!isDone && (
                  <Text size="sm" c="dimmed">
                    {say.steps[`${name}More`]}
                  </Text>
                )}
              </div>
              {address !== undefined && (
                <Button component={Link} to={address} variant="default" size="xs">
                  {say.go}
                  <VisuallyHidden>{`: ${say.steps[name]}`}</VisuallyHidden>
                </Button>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
