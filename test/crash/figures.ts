/** What one round came to. */
export interface RoundFigures {
  readonly answered: number
  readonly resent: number
  readonly ended: number
  readonly megabytes: number | undefined
  readonly seconds: number
}

interface Kind {
  rounds: number
  failed: number
  skipped: number
  answered: number
  resent: number
  ended: number
  megabytes: number
  longest: number
}

/** Adds a run's rounds up, by what went wrong in them, for the page `docs/reliability.md`. */
export class CrashFigures {
  readonly #kinds = new Map<string, Kind>()
  /** How to play a failed round again. */
  readonly #again: string[] = []

  came(title: string, { answered, resent, ended, megabytes = 0, seconds }: RoundFigures): void {
    const kind = this.#kindOf(title)
    kind.rounds += 1
    kind.answered += answered
    kind.resent += resent
    kind.ended += ended
    kind.megabytes = Math.max(kind.megabytes, megabytes)
    kind.longest = Math.max(kind.longest, seconds)
  }

  failed(title: string, again: string): void {
    this.#kindOf(title).failed += 1
    this.#again.push(again)
  }

  skipped(title: string): void {
    this.#kindOf(title).skipped += 1
  }

  get rounds(): number {
    return this.#sum('rounds') + this.#sum('failed')
  }

  /** A table in Markdown, a line for each kind and one for all. */
  table(): string {
    const rows = [...this.#kinds].toSorted(([one], [other]) =>
      one.localeCompare(other, 'en', { numeric: true }),
    )
    const lineOf = (name: string, kind: Kind) =>
      `| ${name} | ${kind.rounds} | ${kind.failed} | ${kind.skipped} | ${kind.answered} | ${kind.resent} | ` +
      `${kind.ended} | ${kind.megabytes} MB | ${kind.longest.toFixed(0)} s |`
    const all: Kind = {
      rounds: this.#sum('rounds'),
      failed: this.#sum('failed'),
      skipped: this.#sum('skipped'),
      answered: this.#sum('answered'),
      resent: this.#sum('resent'),
      ended: this.#sum('ended'),
      megabytes: this.#most('megabytes'),
      longest: this.#most('longest'),
    }
    return [
      '| what goes wrong | rounds | failed | skipped | events answered | requests sent again | ended with a reason | most memory | longest |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows.map(([title, kind]) => lineOf(title, kind)),
      lineOf('all', all),
      ...this.#again,
    ].join('\n')
  }

  #kindOf(title: string): Kind {
    let kind = this.#kinds.get(title)
    if (kind === undefined) {
      kind = {
        rounds: 0,
        failed: 0,
        skipped: 0,
        answered: 0,
        resent: 0,
        ended: 0,
        megabytes: 0,
        longest: 0,
      }
      this.#kinds.set(title, kind)
    }
    return kind
  }

  #sum(name: keyof Kind): number {
    return [...this.#kinds.values()].reduce((sum, kind) => sum + kind[name], 0)
  }

  #most(name: keyof Kind): number {
    return Math.max(0, ...[...this.#kinds.values()].map((kind) => kind[name]))
  }
}
