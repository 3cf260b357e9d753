import type { Connection, Destination } from '../core/index.ts'
import type { Account } from './account.ts'
import { Latest } from './latest.ts'
import type { Memory } from './memory.ts'
import type { DeliveryOptions } from './options.ts'
import type { Outlets } from './outlets.ts'
import type { Rig } from './rig.ts'
import type { Run } from './run.ts'
import { telling } from './told.ts'
import type { Turns } from './turns.ts'

/** What all connections that run here share. */
export interface Shared {
  readonly memory: Memory
  readonly turns: Turns
  readonly outlets: Outlets
  readonly timeoutMs: number
  /** Another owner has taken over. */
  readonly lose: (account: Account) => void
  /** One of them may have become idle. */
  readonly rested: () => void
}

/** What the loops of a connection run with. */
export function rigOf(run: Run, options: DeliveryOptions, shared: Shared): Rig {
  const { journal, clock, log, config, mapperOf, newAttemptId, digest } = options
  const { memory, turns, outlets, timeoutMs, lose, rested } = shared
  const { account, outlet, tempo, cap, confirm } = run
  const { workspaceId, id: connectionId } = run.connection
  return {
    journal: telling(journal, log),
    clock,
    log,
    memory,
    turns,
    account,
    gate: outlet.gate,
    cap,
    tempo,
    confirm,
    get destination() {
      return outlet.destination
    },
    keepsTraits: keepsTraits(outlet.destination),
    latest: new Latest(journal, { workspaceId, connectionId }),
    timeoutMs,
    newAttemptId,
    digest,
    mapperAt: async (version) => {
      const settings = await config.settingsAt(workspaceId, connectionId, version)
      const { connection } = run
      // What was announced was announced while it was connected.
      const then: Connection = {
        ...connection,
        settings: settings ?? connection.settings,
        version,
        state: 'connected',
      }
      return mapperOf(then, outlet.destination.scopes)
    },
    refused: (reason, detail, hold) => outlets.refused(outlet, reason, { detail, hold }),
    lost: () => lose(account),
    later: (dueAt) => run.later(dueAt),
    rested,
  }
}

/** C15: what may not be written by itself travels with events. */
function keepsTraits({ scopes }: Destination): boolean {
  return scopes !== undefined && !scopes.has('profiles:write')
}
