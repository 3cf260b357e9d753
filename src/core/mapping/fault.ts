import type { JsonObject } from '../event.ts'

/** What is wrong with data that somebody wrote, and where, as a JSON pointer into it: `/2/when/0/value`. */
export interface Fault {
  readonly pointer: string
  readonly message: string
}

/** The first that `check` finds; undefined: there is none. */
export function faultIn(check: () => void): Fault | undefined {
  try {
    check()
  } catch (error) {
    if (error instanceof Found) return { pointer: error.pointer, message: error.message }
    throw error
  }
  return undefined
}

class Found extends Error {
  readonly pointer: string

  constructor(pointer: string, message: string) {
    super(message)
    this.pointer = pointer
  }
}

export function need(holds: boolean, pointer: string, message: string): asserts holds {
  if (!holds) throw new Found(pointer, message)
}

export function needOnly(object: JsonObject, at: string, names: readonly string[]): void {
  const beyond = Object.keys(object).find((name) => !names.includes(name))
  need(beyond === undefined, `${at}/${beyond}`, `There is no ${beyond} here.`)
}

export function isText(value: unknown, most: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= most &&
    !value.includes('\0') &&
    value.isWellFormed()
  )
}

const maxScalar = 1_000

export function isScalar(value: unknown): boolean {
  return (
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    isText(value, maxScalar)
  )
}

export function isOneOf(value: unknown, values: readonly string[]): boolean {
  return typeof value === 'string' && values.includes(value)
}
