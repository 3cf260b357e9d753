import { RE2JS } from 're2js'

/** Steps of the machine that a pattern becomes: each costs time for every character of the text. */
const maxProgram = 300
const maxPattern = 200

/** A pattern of RE2's language. Whatever it is, a text is gone through once: nobody's rule can stand still. */
export function pattern(text: string): ((text: string) => boolean) | undefined {
  if (text.length > maxPattern) return undefined
  try {
    const compiled = RE2JS.compile(text)
    return compiled.programSize() > maxProgram ? undefined : (given) => compiled.test(given)
  } catch {
    return undefined
  }
}
