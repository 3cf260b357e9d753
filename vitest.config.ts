import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Many tests wait for a clock or another process: no processor should wait with them. */
const workers = Math.ceil(availableParallelism() * 1.5)

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    globalSetup: 'test/build-browser.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'program',
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/crash/**', 'test/browser/**', 'test/screenshots/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          // A browser is busy by itself.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          // Each looks at its pages in four dresses, with axe: seconds apiece on a busy machine.
          testTimeout: 180_000,
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/setup.ts',
        },
      },
    ],
  },
})
