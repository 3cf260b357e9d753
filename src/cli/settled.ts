import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionStatus, ControlStatus } from './control.ts'
import { Failure } from './failure.ts'
import { startProgress } from './progress.ts'
import { ask } from './running.ts'

/**
 * Waits until the server at `url` has nothing left to send. A `Failure` says what is in the way when only
 * a person can take it away.
 */
export async function settled(url: string): Promise<void> {
  let progress: ReturnType<typeof startProgress> | undefined
  let most = 0
  for (;;) {
    const { connections } = await ask<ControlStatus>(url, '/api/status')
    const waiting = connections.reduce((sum, connection) => sum + inTurnOf(connection), 0)
    if (waiting > most) {
      most = waiting
      progress = startProgress({ label: 'Delivering', total: most, unit: 'events' })
    }
    progress?.at(most - waiting)
    if (waiting === 0) break
    const held = connections.find((connection) => connection.activity === 'held')
    if (held !== undefined && inTurnOf(held) === waiting) {
      progress?.end()
      throw new Failure(
        [`${waiting} events are held.`, held.sentence, held.todo].filter(Boolean).join(' '),
      )
    }
    await sleep(200)
  }
  progress?.end()
}

/** What is tried again later or waits for its shopper is not waited for. */
function inTurnOf({ lanes }: ConnectionStatus): number {
  return Object.values(lanes).reduce((sum, { waiting }) => sum + waiting, 0)
}
