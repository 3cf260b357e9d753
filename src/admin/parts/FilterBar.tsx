import { Button, NativeSelect } from '@mantine/core'
import { useDisclosure, useId } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'
import look from './parts.module.css'

interface SelectFilter {
  readonly name: string
  readonly label: string
  readonly value: string | undefined
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}

/** What a list is narrowed by. With `useFilters`, it stands in the address. On a phone it is folded away. */
export function FilterBar({
  selects = [],
  children,
  active,
  onClear,
}: {
  readonly selects?: readonly SelectFilter[]
  readonly children?: ReactNode
  /** How many of the filters are set. */
  readonly active: number
  readonly onClear: () => void
}) {
  const say = useWords(words)
  const id = useId()
  const [isOpen, { toggle }] = useDisclosure()
  return (
    <div className={look['filters']} role="search">
      <Button
        className={look['fold']}
        variant="default"
        leftSection={<Icon name="filter" size={16} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={toggle}
      >
        {say.filters(active)}
      </Button>
      <div id={id} className={look['fields']} data-open={isOpen || undefined}>
        {selects.map(({ name, label, value, choices, onChange }) => (
          <NativeSelect
            key={name}
            name={name}
            size="sm"
            aria-label={label}
            value={value ?? ''}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.value === '' ? undefined : currentTarget.value)
            }
            data={[{ value: '', label: `${label}: ${say.all}` }, ...choices]}
          />
        ))}
        {children}
      </div>
      {active > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={onClear}>
          {say.clearFilters}
        </Button>
      )}
    </div>
  )
}
