import { Badge, Button, Group, Text, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useWords } from '../language.ts'
import { DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { useEventColumns } from '../parts/events/columns.tsx'
import { EventDrawer } from '../parts/events/EventDrawer.tsx'
import events from '../parts/events/events.module.css'
import { Reveal } from '../parts/events/Reveal.tsx'
import { useSearch } from '../parts/events/search.ts'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import look from '../parts/parts.module.css'
import { useFilters } from '../place.ts'
import { words } from '../words/events.ts'

/** A shopper may have come with many browsers. */
const mostNames = 6

/** All that one shopper did. By an event of theirs, which names nobody in the address; or by an address that is typed. */
export function Shoppers() {
  const say = useWords(words)
  const { count } = useNumbers()
  const [{ event, who }, setFilters] = useFilters(['event', 'who'])
  const [typed, setTyped] = useState(who ?? '')
  useEffect(() => setTyped(who ?? ''), [who])
  const isAsked = event !== undefined || who !== undefined
  const search = useSearch(
    'getTimeline',
    who === undefined ? (event === undefined ? {} : { event }) : { who },
    isAsked,
  )
  const columns = useEventColumns('moment').filter(({ key }) => key !== 'person')
  return (
    <>
      <PageHead title={say.shoppers} lead={say.shoppersLead} actions={isAsked && <Reveal />} />
      <form
        role="search"
        onSubmit={(submit) => {
          submit.preventDefault()
          setFilters({ who: typed.trim(), event: undefined })
        }}
      >
        <Group mb="md" align="flex-end">
          <TextInput
            label={say.who}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            maxLength={254}
            style={{ flex: '1 1 280px', maxWidth: 480 }}
          />
          <Button type="submit">{say.whoGo}</Button>
        </Group>
      </form>
      {search.people.length > 0 && (
        <Group mb="md" gap="xs">
          <Text size="sm" c="dimmed">
            {say.knownAs}
          </Text>
          {search.people.slice(0, mostNames).map(({ email, phone, id, anonymousId }) => {
            const name = email ?? phone ?? id ?? anonymousId
            return (
              <Badge key={name} variant="light" color="gray" tt="none" size="lg">
                {name}
              </Badge>
            )
          })}
          {search.people.length > mostNames && (
            <Text size="sm" c="dimmed">
              {say.andMore(count(search.people.length - mostNames))}
            </Text>
          )}
        </Group>
      )}
      {isAsked ? (
        <DataTable
          caption={say.shoppers}
          columns={columns}
          pages={search}
          keyOf={({ seq }) => String(seq)}
          height="calc(100dvh - 320px)"
          className={events['list']}
          empty={
            <Empty icon="person" title={say.unknownShopper}>
              {say.unknownShopperMore}
            </Empty>
          }
        />
      ) : (
        <div className={look['card']}>
          <Empty icon="person" title={say.noShopper}>
            {say.noShopperMore}
          </Empty>
        </div>
      )}
      <EventDrawer />
    </>
  )
}
