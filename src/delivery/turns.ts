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
    if (this.#free > 0) this.#free -= 1
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
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
