import { Select } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { useFormatTime } from './Time.tsx'
import { StoreZone } from './Zone.tsx'

/** All that this browser knows. */
const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]

/** Chooses whose clock a store goes by; says what time it is there, so that a wrong choice shows. */
export function ZoneSelect({
  value,
  onChange,
  disabled = false,
}: {
  readonly value: string
  readonly onChange: (zone: string) => void
  readonly disabled?: boolean
}) {
  const say = useWords(words)
  const [typed, setTyped] = useState<string>()
  const [unknown, setUnknown] = useState<string>()
  const choices = zones.includes(value) ? zones : [value, ...zones]
  return (
    <Select
      label={say.timeZone}
      description={
        <StoreZone store={{ timeZone: value }}>
          <Now />
        </StoreZone>
      }
      data={choices.map((name) => ({ value: name, label: labelOf(name) }))}
      value={value}
      disabled={disabled}
      error={unknown === undefined ? undefined : say.unknownZone(unknown, labelOf(value))}
      nothingFoundMessage={say.noZone}
      searchable
      allowDeselect={false}
      maw={360}
      onInput={({ currentTarget }) => {
        setTyped(currentTarget.value)
        setUnknown(undefined)
      }}
      // What was typed and not chosen goes from the field; it does not go unsaid.
      onBlur={() => {
        const meant = (typed ?? '').trim().toLowerCase()
        setTyped(undefined)
        if (meant === '') return
        const found = choices.find((name) =>
          [name, labelOf(name)].some((one) => one.toLowerCase() === meant),
        )
        if (found === undefined) setUnknown(typed?.trim())
        else if (found !== value) onChange(found)
      }}
      onOptionSubmit={() => {
        setTyped(undefined)
        setUnknown(undefined)
      }}
      onChange={(zone) => {
        if (zone !== null && zone !== value) onChange(zone)
      }}
    />
  )
}

function Now() {
  const { timeZoneMore } = useWords(words)
  return timeZoneMore(useFormatTime()(Date.now(), 'hour'))
}

function labelOf(zone: string): string {
  return zone.replaceAll('_', ' ')
}
