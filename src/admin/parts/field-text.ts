import { useWords } from '../language.ts'
import { words } from '../words/fields.ts'
import { roleNames } from '../words/roles.ts'
import { useValueNames } from '../words/values.ts'
import { useNumbers } from './Money.tsx'
import { useReasons } from './Reason.tsx'

/** Settings and other fields by name, as the trail and the plan of an import tell them: in the words of their pages. */
export function useFieldText(): {
  /** `switches.Viewed Product`: a part of the field after a dot. */
  readonly labelOf: (name: string) => string
  readonly valueOf: (name: string, value: unknown) => string
} {
  const say = useWords(words)
  const roles: Readonly<Record<string, { readonly name: string }>> = useWords(roleNames)
  const { count, duration } = useNumbers()
  const choiceOf = useValueNames()
  const reasonOf = useReasons()
  return {
    labelOf(name) {
      const [whole = '', ...part] = name.split('.')
      const label = say.fields.get(whole) ?? whole
      return part.length === 0 ? label : `${label} · ${part.join('.')}`
    },
    valueOf(name, value) {
      if (value === undefined || value === null || value === '') return say.none
      if (typeof value === 'boolean') return value ? say.yes : say.no
      if (typeof value === 'number') return name.endsWith('Ms') ? duration(value) : count(value)
      if (Array.isArray(value)) return value.length === 0 ? say.none : value.map(String).join(', ')
      if (typeof value !== 'string') return JSON.stringify(value)
      if (name === 'role') return roles[value]?.name ?? value
      if (name === 'reason') return reasonOf(value).sentence
      return choiceOf(name, value) ?? value
    },
  }
}
