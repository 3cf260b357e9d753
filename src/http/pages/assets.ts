import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

// Not compiled: in the built package they still lie in `src`.
const folder = new URL(
  import.meta.url.endsWith('.ts') ? './' : '../../../src/http/pages/',
  import.meta.url,
)

/** What pages load. Named by content, so that browsers may keep it for good. */
export const style = readFileSync(new URL('style.css', folder), 'utf8')
export const script = readFileSync(new URL('refresh.js', folder), 'utf8')

export const stylePath = `/style.${digestOf(style)}.css`
export const scriptPath = `/refresh.${digestOf(script)}.js`

export const icon =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"%3E%3Crect x="1" y="1" width="22" height="22" rx="6" fill="%231f6f54"/%3E%3Cpath d="M6.5 9.2h11M12 9.2v8.3M8.6 6.5h6.8" stroke="white" stroke-width="2" stroke-linecap="round"/%3E%3C/svg%3E'

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
