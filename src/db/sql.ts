/**
 * What the tables' functions need of an engine. The SQL text is the same for all: `$1` placeholders,
 * `text`, `integer`, `bigint`, `bytea`, `on conflict`, `returning`. What differs is in here.
 */
export interface Sql {
  /** Other programs may write too, and transactions run side by side. */
  readonly shared: boolean
  /** Rows of `returning` come in no order: sort them. */
  query<R>(text: string, values?: readonly Value[]): Promise<readonly R[]>
  /** The statement once for each of `rows`, which name different ones unless it is an upsert. The way to write many. */
  each(text: string, rows: readonly (readonly Value[])[]): Promise<void>
  /** As `each`, with what `returning` gives for each row; undefined: the statement changed nothing there. */
  change<R>(text: string, rows: readonly (readonly Value[])[]): Promise<readonly (R | undefined)[]>
  /** The first row that the statement finds for each of `keys`, in their order. The way to look up many. */
  find<R>(text: string, keys: readonly (readonly Value[])[]): Promise<readonly (R | undefined)[]>
  /** What a `select` ends with to lock its rows until the transaction ends. */
  readonly lock: string
  /** The database's own clock, in epoch milliseconds. */
  readonly clock: string
  /** An expression: whether the bytes of a column hold those of a parameter, one after the other. */
  holds(column: string, parameter: string): string
}

export type Value = string | number | null | Uint8Array

export interface Database extends Sql {
  /**
   * Commits durably, or leaves nothing behind and rejects with what went wrong. `work` may run again: it
   * changes nothing but the database. One at a time unless the database is shared.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}
