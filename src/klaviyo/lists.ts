import { memberOf, textOf } from './json.ts'
import { findInPages, type Read, type Reader, readJson } from './read.ts'

/** Double: people are on the list once they confirm. Single: at once (R12). */
export type OptIn = 'single' | 'double' | 'unknown'

export interface List {
  readonly id: string
  readonly name: string
  readonly optIn: OptIn
}

export async function readList(reader: Reader, id: string): Promise<Read<List>> {
  const read = await readJson(reader, `/api/lists/${encodeURIComponent(id)}`)
  if (read.type !== 'found') return read
  const list = listOf(memberOf(read.value, 'data'))
  return list ? { type: 'found', value: list } : { type: 'missing' }
}

export async function readLists(reader: Reader): Promise<Read<readonly List[]>> {
  const lists: List[] = []
  const read = await findInPages(reader, '/api/lists', (entry) => {
    const list = listOf(entry)
    if (list) lists.push(list)
    return undefined
  })
  return read.type === 'failed' ? read : { type: 'found', value: lists }
}

function listOf(entry: unknown): List | undefined {
  const id = textOf(entry, 'id')
  if (id === undefined) return undefined
  const process = textOf(entry, 'attributes', 'opt_in_process')
  return {
    id,
    name: textOf(entry, 'attributes', 'name') ?? id,
    optIn: optIns.get(process ?? '') ?? 'unknown',
  }
}

const optIns = new Map<string, OptIn>([
  ['single_opt_in', 'single'],
  ['double_opt_in', 'double'],
])
