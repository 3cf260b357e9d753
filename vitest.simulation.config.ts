import { defineConfig } from 'vitest/config'

/**
 * Random lives of the delivery engine. `SIMULATION_SEEDS` says how many, from `SIMULATION_FIRST` on;
 * `SIMULATION_SEED` plays one of them and tells it step by step.
 */
export default defineConfig({
  test: {
    include: ['test/simulation/*.test.ts'],
    env: { SIMULATION_SEEDS: process.env['SIMULATION_SEEDS'] ?? '10000' },
    pool: 'forks',
  },
})
