/**
 * What must never stand in a log, in whatever text it came: keys, tokens, addresses, phone numbers. The code does
 * not log them; a library's error message might.
 */
export function scrub(text: string): string {
  let scrubbed = text
  for (const [pattern, instead] of secrets) scrubbed = scrubbed.replace(pattern, instead)
  return scrubbed
}

const secrets: readonly (readonly [RegExp, string])[] = [
  // An address of a database with its password.
  [/\b([a-z]+:\/\/)[^\s/@"']+@/gu, '$1[redacted]@'],
  [/\bpk_\w{6,}/gu, '[key]'],
  [/\b(Bearer|Basic|Klaviyo-API-Key)\s+[\w.~+/=-]+/giu, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/gu, '[token]'],
  [/[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/gu, '[email]'],
  [/\+\d[\d\s().-]{7,17}\d\b/gu, '[phone]'],
]
