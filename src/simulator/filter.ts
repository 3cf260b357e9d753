import { textOf } from './json.ts'
import { invalidParameter } from './errors.ts'
import { readTime } from './schema.ts'

type FilterValue = string | number | boolean | readonly (string | number | boolean)[]

/** One condition: `equals(email,"a@b.co")`. All conditions of a filter have to hold. */
export interface Condition {
  readonly operator: string
  readonly field: string
  /** Missing for `has(field)`. */
  readonly value?: FilterValue
}

export interface FilterRules {
  readonly [field: string]: { readonly operators: readonly string[]; readonly value: string }
}

/** Reads Klaviyo's filter grammar, and holds it to what the endpoint declares. */
export function readFilter(text: string, rules: FilterRules): readonly Condition[] {
  const conditions = new FilterReader(text).read()
  for (const { field, operator, value } of conditions) {
    const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
    if (rule === undefined) {
      throw invalidParameter(
        `'${field}' is not an allowed filter parameter for this resource.`,
        'filter',
      )
    }
    if (!rule.operators.includes(operator)) {
      // The two spaces are Klaviyo's.
      throw invalidParameter(
        `'${operator}' is not an allowed filter operator for ${field}.  Allowed operators are ${rule.operators.join(', ')}`,
        'filter',
      )
    }
    if (
      rule.value === 'datetime' &&
      value !== undefined &&
      (typeof value !== 'string' || readTime(value) === undefined)
    ) {
      throw invalidParameter(`Invalid filter: the value of ${field} is no date and time.`, 'filter')
    }
  }
  return conditions
}

class FilterReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): readonly Condition[] {
    const conditions: Condition[] = []
    this.#space()
    for (;;) {
      conditions.push(this.#condition())
      this.#space()
      if (this.#at === this.#text.length) return conditions
      this.#expect(',')
      this.#space()
    }
  }

  #condition(): Condition {
    const operator = this.#word(/[a-z-]/)
    this.#expect('(')
    this.#space()
    const field = this.#word(/[A-Za-z0-9_.$-]/)
    this.#space()
    if (this.#peek() === ')') {
      this.#at += 1
      if (operator !== 'has') throw this.#malformed()
      return { operator, field }
    }
    this.#expect(',')
    this.#space()
    const value = this.#value()
    this.#space()
    this.#expect(')')
    return { operator, field, value }
  }

  #value(): FilterValue {
    if (this.#peek() !== '[') return this.#scalar()
    this.#at += 1
    const values: (string | number | boolean)[] = []
    this.#space()
    while (this.#peek() !== ']') {
      values.push(this.#scalar())
      this.#space()
      if (this.#peek() === ',') this.#at += 1
      else if (this.#peek() !== ']') throw this.#malformed()
      this.#space()
    }
    this.#at += 1
    return values
  }

  #scalar(): string | number | boolean {
    const quote = this.#peek()
    if (quote === '"' || quote === "'") return this.#quoted(quote)
    const bare = this.#word(/[^,()[\]\s]/)
    if (bare === 'true') return true
    if (bare === 'false') return false
    if (/^-?\d+(?:\.\d+)?$/.test(bare)) return Number(bare)
    if (readTime(bare) !== undefined) return bare
    throw this.#malformed()
  }

  #quoted(quote: string): string {
    let value = ''
    this.#at += 1
    while (this.#at < this.#text.length) {
      const letter = this.#text.charAt(this.#at)
      this.#at += 1
      if (letter === quote) return value
      if (letter === '\\' && this.#at < this.#text.length) {
        value += this.#text.charAt(this.#at)
        this.#at += 1
      } else {
        value += letter
      }
    }
    throw this.#malformed()
  }

  #word(letters: RegExp): string {
    const start = this.#at
    while (this.#at < this.#text.length && letters.test(this.#peek())) this.#at += 1
    if (this.#at === start) throw this.#malformed()
    return this.#text.slice(start, this.#at)
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #space(): void {
    while (this.#peek() === ' ') this.#at += 1
  }

  #expect(letter: string): void {
    if (this.#peek() !== letter) throw this.#malformed()
    this.#at += 1
  }

  #malformed(): Error {
    return invalidParameter(
      `Invalid filter provided: it cannot be read at character ${this.#at + 1}.`,
      'filter',
    )
  }
}

/** Whether a field's value meets a condition. Lists of values meet it when one of them does. */
export function meets(actual: unknown, { operator, value }: Condition): boolean {
  if (Array.isArray(actual)) {
    return actual.some((one) =>
      meets(one, value === undefined ? { operator, field: '' } : { operator, field: '', value }),
    )
  }
  if (operator === 'has') return actual !== undefined && actual !== null
  if (actual === undefined || actual === null) return false
  switch (operator) {
    case 'equals':
      return actual === value
    case 'any':
      return Array.isArray(value) && value.includes(actual)
    case 'contains':
    case 'contains-any':
    case 'contains-all':
      return containsOf(textOf(actual), operator, value)
    case 'starts-with':
      return textOf(actual).startsWith(String(value))
    case 'ends-with':
      return textOf(actual).endsWith(String(value))
    default:
      return inOrder(compare(actual, value), operator)
  }
}

function containsOf(actual: string, operator: string, value: FilterValue | undefined): boolean {
  const lower = actual.toLowerCase()
  const holds = (part: unknown): boolean => lower.includes(String(part).toLowerCase())
  if (!Array.isArray(value)) return holds(value)
  return operator === 'contains-all' ? value.every(holds) : value.some(holds)
}

function inOrder(order: number, operator: string): boolean {
  switch (operator) {
    case 'less-than':
      return order < 0
    case 'less-or-equal':
      return order <= 0
    case 'greater-than':
      return order > 0
    case 'greater-or-equal':
      return order >= 0
    default:
      return false
  }
}

// Times are kept as numbers and given as text.
function compare(actual: unknown, value: FilterValue | undefined): number {
  const right = typeof value === 'string' ? (readTime(value) ?? value) : value
  if (typeof actual === 'number' && typeof right === 'number') return actual - right
  const left = textOf(actual)
  return left < String(right) ? -1 : left > String(right) ? 1 : 0
}
