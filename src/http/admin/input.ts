import type { FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'

const maxDepth = 32
const maxNodes = 20_000

/**
 * What no shape says: how deep and how much, and the one character that PostgreSQL cannot keep. Looked at
 * before the shapes are, without recursion.
 */
export function checkInput({ params, query, body }: FastifyRequest): void {
  const left: (readonly [value: unknown, depth: number])[] = [
    [params, 0],
    [query, 0],
    [body, 0],
  ]
  let nodes = 0
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next
    nodes += 1
    if (nodes > maxNodes) throw tooMuch('too_many_values', `${maxNodes} values`)
    if (typeof value === 'string' && value.includes('\0')) throw nul()
    if (typeof value !== 'object' || value === null) continue
    if (depth > maxDepth) throw tooMuch('too_deep', `${maxDepth} levels`)
    for (const [name, inside] of Object.entries(value)) {
      if (name.includes('\0')) throw nul()
      left.push([inside, depth + 1])
    }
  }
}

function tooMuch(code: string, most: string): Problem {
  return new Problem(400, code, `A request holds at most ${most}.`)
}

function nul(): Problem {
  return new Problem(
    400,
    'invalid_character',
    'A text holds a NUL character, which cannot be kept.',
  )
}
