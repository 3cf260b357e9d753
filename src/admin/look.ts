/** Light or dark, as somebody chose it here. */
export type Look = 'light' | 'dark' | 'auto'

/** The server reads it, and has the page begin in that colour: see `src/http/app`. */
export function keepLook(look: Look): void {
  const ageSeconds = look === 'auto' ? 0 : 365 * 86_400
  document.cookie = `tillpost_look=${look}; path=/; max-age=${ageSeconds}; samesite=lax`
}
