import { JournalUnavailable } from '../core/index.ts'
import { DatabaseNewer } from './migrate.ts'
import { DatabaseInUse } from './sqlite.ts'

/** What crosses between the main thread and the database's. Each message holds a turn's worth. */
export type Call = readonly [
  id: number,
  part: 'journal' | 'config' | 'access' | 'carts' | 'watch' | 'thread',
  method: string,
  args: readonly unknown[],
]
export type Answer =
  | readonly [id: number, ok: true, result: unknown]
  | readonly [id: number, ok: false, error: WireError]

/** An error loses its class on the way: it is told by its name. */
export interface WireError {
  readonly name: string
  readonly message: string
}

/** What the database's thread is started with. */
export interface ThreadOptions {
  readonly file: string
  readonly maxPages?: number
}

export function wired(error: unknown): WireError {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

const classes = new Map<string, new (message: string) => Error>([
  ['JournalUnavailable', JournalUnavailable],
  ['DatabaseInUse', DatabaseInUse],
  ['DatabaseNewer', DatabaseNewer],
])

export function unwired({ name, message }: WireError): Error {
  const ErrorClass = classes.get(name) ?? Error
  return new ErrorClass(message)
}

/** Gathers what is sent within one turn of the event loop into one message. */
export function batched<T>(send: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = []
  return (item) => {
    items.push(item)
    if (items.length > 1) return
    setImmediate(() => {
      const all = items
      items = []
      send(all)
    })
  }
}
