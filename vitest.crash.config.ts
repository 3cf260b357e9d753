import { defineConfig } from 'vitest/config'

/**
 * The long suites: processes are killed, lines cut, disks filled. `CRASH_ROUNDS` says how many rounds are played on
 * each engine (each disturbance once without it); `CRASH_SEED`, `CRASH_FROM` and `CRASH_ONLY` choose which.
 */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 15 * 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 3,
    disableConsoleIntercept: true,
  },
})
