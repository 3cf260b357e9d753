/**
 * Where to go on, as a path of ours that a link may carry. Undefined: it is none; `//elsewhere` and `/\elsewhere` are
 * addresses of others to a browser, and so is `/.//elsewhere` once it is put in order.
 */
export function ownPath(given: string): string | undefined {
  const [path = ''] = given.split(/[?#]/u)
  return /^\/[\x21-\x5B\x5D-\x7E]*$/u.test(given) && !path.includes('//') ? given : undefined
}
