import { localeOf, useLanguage } from '../language.ts'

/** Numbers as the reader's region writes them. */
export function useNumbers() {
  const locale = localeOf(useLanguage())
  return {
    count: (value: number) => formatOf(locale).format(value),
    /** 0.042 is 4.2 %. */
    share: (value: number) =>
      formatOf(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value),
    money: (value: number, currency: string | undefined) => moneyOf(value, currency, locale),
    bytes: (value: number) =>
      value < 1e6
        ? formatOf(locale, {
            style: 'unit',
            unit: 'kilobyte',
            maximumFractionDigits: 1,
          }).format(value / 1e3)
        : formatOf(locale, {
            style: 'unit',
            unit: 'megabyte',
            maximumFractionDigits: 1,
          }).format(value / 1e6),
    /** 830 ms, 2.4 s, 3 min. */
    duration: (ms: number) => durationOf(ms, locale),
  }
}

export function Money({ value, currency }: { readonly value: number; readonly currency?: string }) {
  const { money } = useNumbers()
  return <span>{money(value, currency)}</span>
}

export function moneyOf(value: number, currency: string | undefined, locale: string): string {
  try {
    return formatOf(locale, currency === undefined ? {} : { style: 'currency', currency }).format(
      value,
    )
  } catch {
    // What a shop sends as a currency may be none.
    return `${value} ${currency}`
  }
}

function durationOf(ms: number, locale: string): string {
  const [unit, size] =
    ms < 1000
      ? (['millisecond', 1] as const)
      : ms < 60_000
        ? (['second', 1000] as const)
        : ms < 3_600_000
          ? (['minute', 60_000] as const)
          : (['hour', 3_600_000] as const)
  return formatOf(locale, {
    style: 'unit',
    unit,
    maximumFractionDigits: ms < 60_000 ? 1 : 0,
  }).format(ms / size)
}

const formats = new Map<string, Intl.NumberFormat>()

/** Making one takes long; a page shows hundreds of numbers. */
function formatOf(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const kept = formats.get(key)
  if (kept !== undefined) return kept
  const made = new Intl.NumberFormat(locale, options)
  formats.set(key, made)
  return made
}
