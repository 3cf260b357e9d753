const longestMs = 86_400_000

/**
 * The wait that a `Retry-After` header asks for: seconds or a date. Undefined when it says nothing that
 * can be read.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const isSeconds = /^\d+(\.\d+)?$/.test(text)
  // Date.parse reads nearly anything as some date.
  if (!isSeconds && !text.endsWith('GMT')) return undefined
  const ms = isSeconds ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.ceil(ms)), longestMs)
}
