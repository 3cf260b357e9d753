/** Lets others wait for what loops that come to rest may bring about. */
export class Rest {
  #waiting: (() => void)[] = []

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
  }

  /** One of them has. */
  came(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
  }
}
