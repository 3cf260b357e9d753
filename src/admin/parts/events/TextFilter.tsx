import { Text, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'

/** A filter that is typed: asked for when the typing pauses, or at once by Enter. */
export function TextFilter({
  label,
  value = '',
  onChange,
  type = 'text',
  width = 190,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
  readonly type?: 'text' | 'date'
  readonly width?: number
}) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed === '' ? undefined : typed), pauseMs)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <TextInput
      size="sm"
      w={width}
      type={type}
      aria-label={label}
      title={label}
      placeholder={label}
      {...(type === 'date'
        ? {
            leftSection: (
              <Text span size="sm" c="dimmed">
                {label}
              </Text>
            ),
            leftSectionWidth: 50,
          }
        : {})}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onKeyDown={({ key }) => {
        if (key === 'Enter') onChange(typed === '' ? undefined : typed)
      }}
    />
  )
}

const pauseMs = 500
