/** Dates that no calendar holds are shown as the first one. */
export function isoOf(at: number): string {
  return new Date(Math.abs(at) > 8.64e15 ? 0 : at).toISOString()
}

export function isoOrNone(at: number | undefined): string | undefined {
  return at === undefined ? undefined : isoOf(at)
}
