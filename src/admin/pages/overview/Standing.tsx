import { Group, Text, Title } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useConnectionName } from '../../connection-names.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import { StatusPill } from '../../parts/StatusPill.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/overview.ts'
import look from './overview.module.css'

type Connections = AnswerOf<'getOverview'>['connections']

function isFormer({ state }: Connections[number]): boolean {
  return state === 'disconnected'
}

/** How each connection does at this moment. */
export function Standing({ connections }: { readonly connections: Connections }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const nameOf = useConnectionName()
  if (connections.length === 0) return null
  return (
    <section className={look['card']} aria-labelledby="connections">
      <Title order={2} id="connections">
        {say.connections}
      </Title>
      <ul className={look['list']}>
        {connections
          .toSorted((one, other) => Number(isFormer(one)) - Number(isFormer(other)))
          .map((one) => (
            <li key={one.id}>
              <div className={look['grow']}>
                <Group gap="xs">
                  <Text fw={550} size="sm">
                    {nameOf(one.id)}
                  </Text>
                  <StatusPill status={one.state} />
                </Group>
                <Text size="sm" c="dimmed" component="div">
                  {say.lastSuccess}{' '}
                  {one.lastSuccessAt === undefined ? (
                    say.never
                  ) : (
                    <Time at={one.lastSuccessAt} style="ago" />
                  )}
                  {one.waiting > 0 && (
                    <>
                      {' · '}
                      {say.waiting}: {count(one.waiting)}
                      {one.oldestAt !== undefined && (
                        <>
                          , {say.waitingSince} <Time at={one.oldestAt} style="ago" />
                        </>
                      )}
                    </>
                  )}
                </Text>
              </div>
              {!isFormer(one) && (
                <span className={look['count']}>{say.perMinute(count(one.perMinute))}</span>
              )}
            </li>
          ))}
      </ul>
    </section>
  )
}
