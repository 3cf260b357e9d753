import { sameName } from './index.ts'

/**
 * `*` stands for any run of characters, case and surrounding spaces for nothing. Told by searching piece after
 * piece: a regular expression made of an operator's text could be brought to take forever. The text has gone
 * through `sameName`.
 */
export function compileGlob(pattern: string): (same: string) => boolean {
  const pieces = sameName(pattern).split('*')
  if (pieces.length === 1) return (same) => same === pieces[0]
  const head = pieces[0]!
  const tail = pieces.at(-1)!
  const middle = pieces.slice(1, -1)
  return (same) => {
    if (!same.startsWith(head) || !same.endsWith(tail)) return false
    if (same.length < head.length + tail.length) return false
    let from = head.length
    const end = same.length - tail.length
    for (const piece of middle) {
      const at = same.indexOf(piece, from)
      if (at < 0 || at + piece.length > end) return false
      from = at + piece.length
    }
    return true
  }
}
