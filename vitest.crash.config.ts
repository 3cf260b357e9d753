import { defineConfig } from 'vitest/config'

/** The long suites: processes are killed. `CRASH_ROUNDS` says how often. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 30 * 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
  },
})
