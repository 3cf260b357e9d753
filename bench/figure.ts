/** One line of the table. */
export interface Row {
  readonly what: string
  readonly measured: string
  /** What the bare floor did beside it. */
  readonly floor?: string
  /** To what was beside it; where nothing was, to the bar. */
  readonly ratio?: number
  /** As design and docs have it. */
  readonly bar: string
  /** Undefined: there is no bar, or nothing was measured. */
  readonly met?: boolean
}

/** What a figure is measured with. */
export interface Bench {
  /** The large counts. */
  readonly full: boolean
  /** A line for whoever watches. */
  say(line: string): void
  /** A new folder, gone afterwards. */
  folder(): string
  /** The address of a new PostgreSQL database, gone afterwards. Rejects when there is no server. */
  newDatabase(): Promise<string>
}

export interface Figure {
  /** For `--only`. */
  readonly name: string
  run(bench: Bench): Promise<readonly Row[]>
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function perSecond(value: number): string {
  return `${whole(value)}/s`
}

export function megabytes(bytes: number): string {
  return `${whole(bytes / 1024 / 1024)} MB`
}

export function millis(value: number): string {
  return `${value.toFixed(1)} ms`
}
