/**
 * The first boundary after `at` of a cycle of `everyMs`, epoch milliseconds. Boundaries are counted from
 * 1970-01-01T00:00Z, so that no time zone, daylight saving or restart moves them (Z40).
 */
export function nextCycle(at: number, everyMs: number): number {
  return (Math.floor(at / everyMs) + 1) * everyMs
}
