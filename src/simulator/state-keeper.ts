import { saveState } from './state.ts'
import type { World } from './world.ts'

const quietMs = 1000
const longestMs = 10_000

/** Writes the state file once things are quiet, at the latest ten seconds after a change. */
export class StateKeeper {
  readonly #world: World
  readonly #file: string
  #timer: NodeJS.Timeout | undefined
  #changedAt: number | undefined
  #saving: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(world: World, file: string) {
    this.#world = world
    this.#file = file
    world.onChange = () => this.#changed()
  }

  /** Resolves when all that is held now is in the file. */
  save(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#changedAt = undefined
    this.#saving = this.#saving.then(
      () => saveState(this.#world, this.#file),
      () => saveState(this.#world, this.#file),
    )
    return this.#saving
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const { clock, visibleAfterMs, choices } = this.#world
    this.#world.settle(clock.now() + visibleAfterMs + choices.jobLagMs)
    await this.save()
  }

  #changed(): void {
    if (this.#isClosed) return
    const now = performance.now()
    this.#changedAt ??= now
    if (this.#timer !== undefined && now - this.#changedAt > longestMs - quietMs) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.save().catch((error: unknown) => {
        process.emitWarning(
          `The simulator could not write its state: ${error instanceof Error ? error.message : String(error)}`,
        )
      })
    }, quietMs)
    this.#timer.unref()
  }
}
