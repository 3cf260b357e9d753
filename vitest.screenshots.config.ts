import { defineConfig } from 'vitest/config'

/** `npm run screenshots`: a picture of every admin page, and what is wrong with any of them. */
export default defineConfig({
  test: {
    include: ['test/screenshots/**/*.test.ts'],
    testTimeout: 900_000,
    globalSetup: ['test/build-browser.ts', 'test/browser/setup.ts'],
  },
})
