import { type Html, html } from './html.ts'

/** In the time zone of this machine, which is also the reader's. */
const clockTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const longAgo = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const plain = new Intl.NumberFormat('en-GB')

const dayMs = 86_400_000

/** As short as it can be without doubt: only the clock's time for what is near. */
export function moment(at: number, now: number): Html {
  if (Math.abs(at) > 8.64e15) return html`<span>out of every calendar</span>`
  const date = new Date(at)
  const far = Math.abs(now - at)
  const format = far < dayMs / 2 ? clockTime : far < 200 * dayMs ? dayAndTime : longAgo
  return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}"
    >${format.format(date)}</time
  >`
}

/** `8 s ago`, `in 3 min`. */
export function fromNow(at: number, now: number): string {
  const seconds = Math.round(Math.abs(now - at) / 1000)
  const text = span(seconds)
  if (seconds < 2) return 'just now'
  return at > now ? `in ${text}` : `${text} ago`
}

export function count(number: number): string {
  return plain.format(number)
}

export function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

function span(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}
