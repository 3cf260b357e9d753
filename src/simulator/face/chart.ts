import { html, Html } from './html.ts'

/** Columns over time, with a title on each for a pointer or a screen reader. */
export function columns(
  values: readonly number[],
  {
    label,
    titleOf,
    spark = false,
  }: {
    readonly label: string
    readonly titleOf?: (place: number) => string
    readonly spark?: boolean
  },
): Html {
  const most = Math.max(1, ...values)
  const width = 10
  const height = 100
  const bars = values.map((value, place) => {
    const tall = value === 0 ? 0 : Math.max(2, (value / most) * height)
    const title = titleOf === undefined ? '' : html`<title>${titleOf(place)}</title>`
    return html`<rect
      x="${place * width + 1}"
      y="${height - tall}"
      width="${width - 2}"
      height="${tall}"
      rx="1.5"
      >${title}</rect
    >`
  })
  return html`<svg
    class="${spark ? 'spark' : 'chart'}"
    viewBox="0 0 ${values.length * width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <line x1="0" x2="${values.length * width}" y1="${height}" y2="${height}" stroke-width="1" />
    ${bars}
  </svg>`
}

export function meter(used: number, most: number): Html {
  const share = most === 0 ? 0 : Math.min(100, (used / most) * 100)
  return html`<div class="meter" role="img" aria-label="${used} of ${most}">
    <i class="${share >= 100 ? 'full' : ''}" style="width:${share}%"></i>
  </div>`
}
