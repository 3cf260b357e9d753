import { refuse } from './errors.ts'

const released = [
  '2022-10-17',
  '2023-01-24',
  '2023-02-22',
  '2023-06-15',
  '2023-07-15',
  '2023-08-15',
  '2023-09-15',
  '2023-10-15',
  '2023-12-15',
  '2024-02-15',
  '2024-05-15',
  '2024-06-15',
  '2024-07-15',
  '2024-10-15',
  '2025-01-15',
  '2025-04-15',
  '2025-07-15',
  '2025-10-15',
  '2026-01-15',
  '2026-04-15',
  '2026-07-15',
]

// A year stable and a year deprecated.
function isRetired(revision: string, now: number): boolean {
  const end = new Date(`${revision}T00:00:00Z`)
  end.setUTCFullYear(end.getUTCFullYear() + 2)
  return end.getTime() <= now
}

/**
 * Holds the `revision` header to Klaviyo's rules. All revisions that are let in are answered in the
 * shape of the newest: the simulator speaks one language.
 */
export function checkRevision(
  revision: string | undefined,
  {
    now,
    optsOut,
    missing,
  }: { readonly now: number; readonly optsOut: boolean; readonly missing: 'refuse' | 'oldest' },
): void {
  if (revision === undefined || revision === '') {
    if (missing === 'oldest') return
    throw refuse(
      400,
      'invalid',
      'Invalid input.',
      'The revision header is required: send the date of the API revision that you speak.',
      { source: { parameter: 'revision' } },
    )
  }
  const date = revision.replace(/\.pre$/, '')
  if (!released.includes(date)) {
    throw refuse(
      400,
      'invalid',
      'Invalid input.',
      `'${revision.slice(0, 40)}' is not a valid revision.`,
      { source: { parameter: 'revision' } },
    )
  }
  if (optsOut && isRetired(date, now)) {
    throw refuse(410, 'gone', 'Gone.', `The revision ${date} has been retired.`, {
      source: { parameter: 'revision' },
    })
  }
}
