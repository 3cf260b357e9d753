import { runOn } from './postgres.ts'

/** A database of `newDatabase` whose clock can be set, for whoever connects there. */
export interface Moved {
  readonly url: string
  /** Milliseconds to be added to the real time from now on. */
  readonly setTo: (shiftMs: number) => Promise<void>
}

/** Puts a function of its own in front of PostgreSQL's `clock_timestamp`. */
export async function movedClock(url: string): Promise<Moved> {
  const moved = new URL(url)
  const [path = { schema: '' }] = await runOn<{ schema: string }>(
    url,
    'select current_schema() as schema',
  )
  moved.searchParams.set('options', `-c search_path=${path.schema},pg_catalog`)
  await runOn(url, 'create table clock (shift_ms bigint not null)')
  await runOn(url, 'insert into clock values (0)')
  await runOn(
    url,
    `create function clock_timestamp() returns timestamptz language sql volatile as
     'select pg_catalog.clock_timestamp() + shift_ms * interval ''1 ms'' from ${path.schema}.clock'`,
  )
  return {
    url: moved.href,
    async setTo(shiftMs) {
      await runOn(url, 'update clock set shift_ms = $1', [shiftMs])
    },
  }
}
