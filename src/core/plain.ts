/**
 * Signs that nobody sees and that change what stands around them: they steer terminals, break lines, or turn the order
 * of letters (U+202E). Marks of right-to-left writing alone (U+200E, U+200F) belong to the text.
 */
const steering = /(?![\n\t])[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu

/** The text with such signs written out, as ⟨U+202E⟩: what shops and shoppers write does no harm where it is shown. */
export function plain(text: string): string {
  return text.replace(
    steering,
    (sign) => `⟨U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}

/** The text that `plain` was given. */
export function meant(text: string): string {
  return text.replace(/⟨U\+(00[0-9A-F]{2}|20[26][0-9A-F])⟩/gu, (written, code: string) => {
    const sign = String.fromCodePoint(Number.parseInt(code, 16))
    return plain(sign) === written ? sign : written
  })
}

/** Changes all texts of a JSON value, and the names of its fields. */
export function textsIn<T>(value: T, change: (text: string) => string): T
export function textsIn(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => textsIn(one, change))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]: [string, unknown]) => [
      change(name),
      textsIn(one, change),
    ]),
  )
}
