/**
 * Values by key in the browser's storage. Where that is full, switched off or refused (Safari with cookies
 * blocked), the page's memory takes its place.
 */
type Texts = Record<string, string>

const memory: Texts = {}
let local: Texts = {}
try {
  // Null in web views that have none.
  local = localStorage ?? local
} catch {
  // Not ours to use.
}

/** Undefined: nothing is there, or what is there is damaged. */
// Whoever reads a key knows what was written under it.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function load<T>(key: string): T | undefined {
  try {
    return JSON.parse(memory[key] ?? local[key] ?? '') as T
  } catch {
    return undefined
  }
}

export function save(key: string, value: unknown): void {
  const text = JSON.stringify(value)
  drop(key)
  try {
    local[key] = text
  } catch {
    memory[key] = text
  }
}

export function drop(key: string): void {
  delete memory[key]
  delete local[key]
}

/** Those that begin so, in order. */
export function keysOf(prefix: string): string[] {
  const keys = Object.keys(memory).concat(Object.keys(local))
  return keys.filter((key) => key.startsWith(prefix)).toSorted()
}

export function readCookie(name: string): string | undefined {
  return RegExp(`\\b${name}=([^;]+)`).exec(document.cookie)?.[1]
}

/** For the whole site: the shortest domain that the browser takes. */
export function writeCookie(name: string, value: string, seconds: number): void {
  const parts = location.hostname.split('.')
  for (let from = parts.length - 2; from >= -1; from -= 1) {
    const domain = from < 0 ? '' : `;domain=${parts.slice(from).join('.')}`
    // The interface that is made for it is not in every browser yet.
    // oxlint-disable-next-line unicorn/no-document-cookie
    document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax${domain}`
    if (readCookie(name) === value) return
  }
}
