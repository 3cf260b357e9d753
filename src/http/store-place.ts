import { Problem } from './problem.ts'

/** Throws a `Problem` (400) where nobody knows the country, the currency or the time zone. */
export function checkPlace({
  country,
  currency,
  timeZone,
}: {
  readonly country?: string | undefined
  readonly currency?: string | undefined
  readonly timeZone?: string | undefined
}): void {
  // A country that is none would leave each phone number without its country code unread.
  if (country !== undefined && !isCountry(country))
    throw new Problem(
      400,
      'unknown_country',
      `There is no country ${country}. Give its code of two letters, as DE or GB.`,
    )
  if (currency !== undefined && !currencies.has(currency))
    throw new Problem(
      400,
      'unknown_currency',
      `There is no currency ${currency}. Give its code of three letters, as EUR.`,
    )
  checkTimeZone(timeZone)
}

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

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
/** They have names, and are no countries. */
const unions: ReadonlySet<string> = new Set(['EU', 'EZ', 'QO', 'UN', 'ZZ'])

/** `UK` and `EN` are none: the first is read as GB, the second is a language. */
function isCountry(code: string): boolean {
  const isItself = new Intl.Locale('und', { region: code }).region === code
  return isItself && !unions.has(code) && regions.of(code) !== undefined
}
