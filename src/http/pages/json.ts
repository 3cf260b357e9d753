import { type Html, html } from './html.ts'

const maxCharacters = 40_000
const maxDepth = 40

/** JSON set to be read. What is no JSON (an answer that was cut) is shown as it is. */
export function jsonBlock(text: string): Html {
  if (text.length > maxCharacters) {
    return html`<pre class="json" tabindex="0">
${text.slice(0, maxCharacters)}
… ${text.length - maxCharacters} characters more</pre>`
  }
  try {
    const value: unknown = JSON.parse(text)
    return html`<pre class="json" tabindex="0">${shown(value, 0)}</pre>`
  } catch {
    return html`<pre class="json" tabindex="0">${text}</pre>`
  }
}

function shown(value: unknown, depth: number): Html {
  if (depth > maxDepth) return html`…`
  const inside = '\n' + '  '.repeat(depth + 1)
  const end = '\n' + '  '.repeat(depth)
  if (Array.isArray(value)) {
    if (value.length === 0) return html`[]`
    const entries = value.map(
      (entry: unknown, index) => html`${index > 0 && ','}${inside}${shown(entry, depth + 1)}`,
    )
    return html`[${entries}${end}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (entries.length === 0) return html`{}`
    const lines = entries.map(
      ([key, entry]: [string, unknown], index) =>
        html`${index > 0 && ','}${inside}<span class="key">${JSON.stringify(key)}</span>:
          ${shown(entry, depth + 1)}`,
    )
    return html`{${lines}${end}}`
  }
  const kind = typeof value === 'string' ? 'text' : 'value'
  return html`<span class="${kind}">${JSON.stringify(value)}</span>`
}
