import { defineConfig } from 'vitest/config'

/**
 * Random lives of the delivery engine. `SIMULATION_SEEDS` says how many, from `SIMULATION_FIRST` on;
 * `SIMULATION_SEED` plays one of them and tells it step by step. `LIMITS_MINUTES`: so long is the load against Klaviyo's
 * windows.
 */
export default defineConfig({
  test: {
    include: ['test/simulation/*.test.ts'],
    env: {
      SIMULATION_SEEDS: process.env['SIMULATION_SEEDS'] ?? '10000',
      LIMITS_MINUTES: process.env['LIMITS_MINUTES'] ?? '60',
    },
    pool: 'forks',
  },
})
