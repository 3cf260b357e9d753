import type { Clock, Config, Engine, Journal, Log } from '../../src/core/index.ts'
import { JournalUnavailable } from '../../src/core/index.ts'
import type { Chance } from './chance.ts'
import type { Faults } from './faults.ts'
import type { Schedule } from './schedule.ts'

/** Wall clock time at the beginning. */
export const epoch = 1_800_000_000_000

/**
 * One life of a process. What it waits for reaches it only while it lives; while it is paused, everything
 * waits for it to wake up, and it goes on as if no time had passed.
 */
export class Node {
  readonly id: string
  readonly #schedule: Schedule
  readonly #chance: Chance
  #dead = false
  #pausedUntil = 0
  /** How far its wall clock is wrong. */
  skewMs = 0
  engine: Engine | undefined

  constructor(id: string, schedule: Schedule, chance: Chance) {
    this.id = id
    this.#schedule = schedule
    this.#chance = chance
  }

  get dead(): boolean {
    return this.#dead
  }

  get paused(): boolean {
    return this.#pausedUntil > this.#schedule.now
  }

  kill(): void {
    this.#dead = true
  }

  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#schedule.now + ms)
  }

  wake(): void {
    this.#pausedUntil = 0
  }

  now(): number {
    return Math.floor(epoch + this.#schedule.now + this.skewMs)
  }

  monotonic(): number {
    return this.#schedule.now
  }

  /** Carries `run` out in this process. */
  after(ms: number, run: () => void): () => void {
    let cancelled = false
    const due = (): void => {
      if (cancelled || this.#dead) return
      if (this.#pausedUntil > this.#schedule.now)
        this.#schedule.after(this.#pausedUntil - this.#schedule.now, due)
      else run()
    }
    const cancel = this.#schedule.after(ms, due)
    return () => {
      cancelled = true
      cancel()
    }
  }

  get clock(): Clock {
    return {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      after: (ms, then) => this.after(ms, then),
      random: () => this.#chance.random(),
    }
  }
}

/** What is told of each call that was carried out. */
export interface Witness {
  before(node: Node, name: string, args: readonly unknown[]): void
  after(node: Node, name: string, args: readonly unknown[], answer: unknown): void
}

/** A part of the database as a node reaches it: over a wire that takes time and breaks. */
export function overWire<Part extends Journal | Config>(
  node: Node,
  part: Part,
  faults: Faults,
  schedule: Schedule,
  witness: Witness,
): Part {
  const wire: Record<string, (...args: unknown[]) => Promise<unknown>> = {}
  for (const name of methodsOf(part)) {
    const method = Reflect.get(part, name) as (...args: unknown[]) => Promise<unknown>
    wire[name] = (...args) =>
      new Promise((resolve, reject) => {
        const fate = faults.journalFate()
        const fail = () =>
          node.after(faults.journalMs(), () => reject(new JournalUnavailable('It is away.')))
        const carryOut = async (lose: (() => void) | undefined) => {
          witness.before(node, name, args)
          try {
            const answer = await Reflect.apply(method, part, args)
            witness.after(node, name, args, answer)
            if (lose === undefined) node.after(faults.journalMs(), () => resolve(answer))
            else lose()
          } catch (error) {
            node.after(faults.journalMs(), () => reject(error))
          }
        }
        schedule.after(faults.journalMs(), () => {
          // A database within the process dies with it; a server still does what it was asked.
          if (faults.alone && node.dead) return
          if (fate === 'refused') {
            fail()
            return
          }
          void carryOut(fate === 'lost' ? fail : undefined)
        })
      })
  }
  // Every method that it has.
  return wire as unknown as Part
}

/** Of an object, or of a class's instance. */
function methodsOf(part: object): string[] {
  const own = Object.keys(part)
  const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(part))
  return [...own, ...inherited].filter(
    (name) => name !== 'constructor' && typeof Reflect.get(part, name) === 'function',
  )
}

/** Collects what a node logs; what must never be logged is a fault. */
export function logOf(
  node: Node,
  trace: (text: () => string) => void,
  fault: (text: string) => void,
  forgot: () => void,
): Log {
  const write = (level: string) => (fields: object, message: string) => {
    trace(() => `${node.id} logs ${level}: ${message} ${JSON.stringify(fields)}`)
    if (message.includes('stumbled') || message.includes('Another node runs')) forgot()
    if (message.includes('differs')) fault(`${message}: ${JSON.stringify(fields)}`)
    const error = 'error' in fields ? String(fields.error) : ''
    if (error !== '' && !error.includes('It is away')) fault(`${node.id} stumbled: ${error}`)
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
