/** To be ended when nothing is read or made any more; ending it twice does no harm. */
export interface Turn {
  end(): void
}

/**
 * Whose turn it is to read events from the journal and to make requests of them. One thread does that: for many
 * accounts side by side it gets no faster, but all of theirs is in memory at once. Waiting for Klaviyo needs
 * no turn, and neither does what was handed on in memory. First come, first served.
 */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#free = most
  }

  async take(): Promise<Turn> {
    const free = this.takeFree()
    if (free !== undefined) return free
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
    return this.#newTurn()
  }

  /** Undefined: others are at work, and come first. */
  takeFree(): Turn | undefined {
    if (this.#free === 0) return undefined
    this.#free -= 1
    return this.#newTurn()
  }

  #newTurn(): Turn {
    let isOver = false
    return {
      end: () => {
        if (isOver) return
        isOver = true
        const next = this.#waiting.shift()
        if (next === undefined) this.#free += 1
        else next()
      },
    }
  }
}
