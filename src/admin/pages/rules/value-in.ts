import type { Condition } from '../../../core/mapping/rule.ts'

/** What a condition compares with, as people read and write it. */
export function valueIn(condition: Condition): string {
  if ('values' in condition) return condition.values.join(', ')
  return 'value' in condition ? String(condition.value) : ''
}
