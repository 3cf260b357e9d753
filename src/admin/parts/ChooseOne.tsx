import { useId } from 'react'
import look from './parts.module.css'

/** One of a few, side by side. */
export function ChooseOne<const Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string
  readonly value: Value
  readonly choices: readonly (readonly [value: Value, word: string])[]
  readonly onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={label} className={look['choices']}>
      {choices.map(([one, word]) => (
        <label key={one}>
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{word}</span>
        </label>
      ))}
    </div>
  )
}
