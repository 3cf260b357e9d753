/** RFC 4180, for spreadsheets: what they would take for a formula is text (A80). */
export function csvOf(
  names: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return `${[names, ...rows].map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`
}

function cellOf(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
