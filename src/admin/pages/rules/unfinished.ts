import type { Rule } from '../../../core/mapping/rule.ts'

/** A field that is begun with, and has no name yet: `properties.`. */
export function isUnnamed(path: string): boolean {
  return path.trim() === '' || path.trim().endsWith('.')
}

/** Something in it is still to be filled in: it can be neither tried nor saved. */
export function isUnfinished({ name, events, when = [], changes = [] }: Rule): boolean {
  return (
    name.trim() === '' ||
    events.length === 0 ||
    when.some(({ path }) => isUnnamed(path)) ||
    changes.some((one) => (one.type === 'rename' ? one.to.trim() === '' : isUnnamed(one.path)))
  )
}
