/**
 * Origins of pages in their one form, as `https://shop.example` or `https://*.shop.example`. Undefined: one of
 * them is none.
 */
export function originsOf(given: readonly string[]): readonly string[] | undefined {
  const origins = given.map((text) => form.exec(text.trim().toLowerCase())?.[1])
  return origins.some((origin) => origin === undefined)
    ? undefined
    : [...new Set(origins as readonly string[])]
}

/** A star stands for any names before the domain; the bare domain is an entry of its own. */
export function isAmong(origin: string, origins: readonly string[]): boolean {
  return origins.some((allowed) => {
    const star = allowed.indexOf('*')
    if (star === -1) return origin === allowed
    const before = allowed.slice(0, star)
    const after = allowed.slice(star + 1)
    const names = origin.slice(before.length, origin.length - after.length)
    return origin.startsWith(before) && origin.endsWith(after) && hostNames.test(names)
  })
}

const hostNames = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/
const form = /^(https?:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)\/?$/
