import { stripVTControlCharacters, styleText } from 'node:util'

/** What goes to the terminal: results to stdout, everything about the way there to stderr. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

export function note(line = ''): void {
  process.stderr.write(`${line}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2))
}

// Colours fall away by themselves where there is no terminal, and under NO_COLOR.
export const bold = (text: string): string => styleText('bold', text)
export const dim = (text: string): string => styleText('dim', text)
export const green = (text: string): string => styleText('green', text)
export const yellow = (text: string): string => styleText('yellow', text)
export const red = (text: string): string => styleText('red', text)
export const cyan = (text: string): string => styleText('cyan', text)

/** 12,345 */
export function count(number: number): string {
  return number.toLocaleString('en-US')
}

/** `1 event`, `2 events` */
export function counted(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`
}

/** `3 s ago`, `5 min ago`, `2 h ago`, `4 days ago` */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 120) return `${seconds} s ago`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Columns as wide as their widest cell, two spaces apart. Cells may be coloured. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => width(row[index] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = (cells[index] ?? '').replaceAll(/[\n\t]/g, ' ')
        const gap = ' '.repeat((widths[index] ?? 0) - width(cell))
        return align === 'right' ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  return [dim(line(columns.map(({ title }) => title))), ...rows.map(line)].join('\n')
}

function width(text: string): number {
  return stripVTControlCharacters(text).length
}
