import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { answerWith } from '../process.ts'

/** Klaviyo as the simulator plays it, with its limits. */

const methods = { start, seen }
export type Klaviyo = typeof methods
answerWith(methods)

let simulator: Simulator | undefined

async function start(
  windowPhaseMs: number,
  accounts: readonly { id: string; privateKey: string }[],
) {
  simulator = await startSimulator({ windowPhaseMs, limits: true, accounts })
  return simulator.url
}

function seen(accountId: string): { readonly events: number; readonly throttled: number } {
  return {
    events: simulator?.eventCount(accountId) ?? 0,
    throttled: simulator?.counters(accountId).throttled ?? 0,
  }
}
