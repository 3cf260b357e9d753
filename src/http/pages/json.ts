import { html as exact, type Html } from './html.ts'

const maxCharacters = 40_000
const maxDepth = 40

/** JSON set to be read. What is no JSON (an answer that was cut) is shown as it is. */
export function jsonBlock(text: string): Html {
  if (text.length > maxCharacters) {
    const rest = text.length - maxCharacters
    return block(`${text.slice(0, maxCharacters)}\n… ${rest} characters more`)
  }
  try {
    const value: unknown = JSON.parse(text)
    return block(shown(value, 0))
  } catch {
    return block(text)
  }
}

// `exact`, not `html`: within `pre` every space counts, and the formatter would set it anew.

/** Text in which spaces count. Can be reached with the keyboard, since it may scroll. */
export function block(content: Html | string): Html {
  return exact`<pre class="json" tabindex="0">${content}</pre>`
}

function shown(value: unknown, depth: number): Html {
  if (depth > maxDepth) return exact`…`
  const inside = `\n${'  '.repeat(depth + 1)}`
  const end = `\n${'  '.repeat(depth)}`
  if (Array.isArray(value)) {
    if (value.length === 0) return exact`[]`
    const entries = value.map(
      (entry: unknown, index) => exact`${index > 0 && ','}${inside}${shown(entry, depth + 1)}`,
    )
    return exact`[${entries}${end}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (entries.length === 0) return exact`{}`
    const lines = entries.map(
      ([key, entry]: [string, unknown], index) =>
        exact`${index > 0 && ','}${inside}<span class="key">${JSON.stringify(key)}</span>: ${shown(entry, depth + 1)}`,
    )
    return exact`{${lines}${end}}`
  }
  const kind = typeof value === 'string' ? 'text' : 'value'
  return exact`<span class="${kind}">${JSON.stringify(value)}</span>`
}
