/** Currencies that do not have two decimals (ISO 4217). */
const decimalsOf: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
])

const plain = /^[+-]?\d+(?:\.\d+)?$/
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/

/** An amount in major units, as number or text (`"1,234.50"`). Undefined when it is none, or could mean two. */
export function amountOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  const amount = plain.test(text)
    ? Number(text)
    : grouped.test(text)
      ? Number(text.replaceAll(',', ''))
      : Number.NaN
  return Number.isFinite(amount) ? amount : undefined
}

/** Something is there that should be an amount, and is none. */
export function isOddAmount(value: unknown): boolean {
  return (
    typeof value !== 'number' &&
    value !== undefined &&
    value !== null &&
    value !== '' &&
    amountOf(value) === undefined
  )
}

/** The amount with its currency's own number of decimals (M5): sums of floats carry crumbs. */
export function roundedTo(amount: number, currency: string | undefined): number {
  if (currency === undefined) return amount
  const factor = 10 ** (decimalsOf.get(currency) ?? 2)
  const scaled = amount * factor
  if (Number.isInteger(scaled) || Math.abs(scaled) > 1e15) return amount
  // The nudge puts 1.005 (stored as 1.00499…) where a person would.
  const rounded = Math.round(scaled + Math.sign(scaled) * 1e-7) / factor
  return rounded === 0 ? 0 : rounded
}

/** `EUR`, however it was written, or undefined when it is no three-letter code. */
export function currencyOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (value.length === 3 && isCapital(value, 0) && isCapital(value, 1) && isCapital(value, 2)) {
    return value
  }
  const upper = value.trim().toUpperCase()
  return code.test(upper) ? upper : undefined
}

const code = /^[A-Z]{3}$/

function isCapital(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 65 && unit <= 90
}
