/** For what lasts a given time: a fault, a load. What is awaited is awaited by `until`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Looks again and again; rejects, saying what was awaited, when it does not come in time. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { withinMs = 120_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Awaited in vain for ${withinMs} ms: ${what}`)
    await pause(everyMs)
  }
}
