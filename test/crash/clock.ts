import { existsSync, writeFileSync } from 'node:fs'

/** A clock of one process's own, which jumps while it runs. */
export interface FakeClock {
  readonly env: NodeJS.ProcessEnv
  /** Seconds from the true time. */
  set(offsetSeconds: number): void
}

const libraries = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
]

/** Undefined where libfaketime is not installed (Debian: package `faketime`). */
export function startClock(file: string): FakeClock | undefined {
  const library = libraries.find((path) => existsSync(path))
  if (library === undefined) return undefined
  const set = (offsetSeconds: number) =>
    writeFileSync(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`)
  set(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      // A jump of the wall clock: timers and the monotonic clock go on as they were.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  }
}
