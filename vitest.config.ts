import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Many tests wait for a clock or another process: none of the processors should wait with them.
    maxWorkers: '100%',
    globalSetup: 'test/build-browser.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'program',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/crash/**', 'test/browser/**', 'test/screenshots/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          // Each looks at its pages in four dresses, with axe: seconds apiece on a busy machine.
          testTimeout: 180_000,
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/setup.ts',
        },
      },
    ],
  },
})
