import { Problem } from './problem.ts'

/** Throws a `Problem` (400) where it is none that this machine knows. */
export function checkTimeZone(zone: string | undefined): void {
  if (zone === undefined) return
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new Problem(
      400,
      'unknown_zone',
      'Nobody knows this time zone. Give one as Europe/Berlin.',
    )
  }
}
