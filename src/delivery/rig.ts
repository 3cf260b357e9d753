import type {
  Clock,
  Destination,
  Journal,
  Lane,
  Log,
  Mapper,
  ReasonCode,
  Settings,
} from '../core/index.ts'
import type { Account } from './account.ts'
import type { Cap } from './cap.ts'
import type { Confirm } from './confirm.ts'
import type { Gate } from './gate.ts'
import type { Latest } from './latest.ts'
import type { Memory } from './memory.ts'
import type { Line } from './request.ts'
import type { Tempo } from './tempo.ts'
import type { Turns } from './turns.ts'

/** What the loops of one connection run with. */
export interface Rig {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly memory: Memory
  readonly turns: Turns
  readonly account: Account
  readonly gate: Gate
  readonly cap: Cap
  readonly tempo: Tempo
  readonly confirm: Confirm
  readonly destination: Destination
  readonly latest: Latest
  /** Profiles may not be written by themselves (C15). */
  readonly keepsTraits: boolean
  readonly timeoutMs: number
  readonly newAttemptId: () => string
  readonly digest: (text: string) => string
  readonly mapperAt: (version: number) => Promise<Mapper>
  /** Klaviyo refuses the credentials, or a permission: told once per change. */
  readonly refused: (reason: ReasonCode, detail: string | undefined, hold: boolean) => void
  /** Another owner has taken over. */
  readonly lost: () => void
  /** An exception will be due then. */
  readonly later: (dueAt: number) => void
  /** It may have become idle. */
  readonly rested: () => void
}

/** What of a line the loop that uses it decides. */
export interface Use {
  readonly settings: Settings
  readonly lane: Lane
  readonly aside: boolean
  readonly open: () => boolean
  readonly record: Line['record']
}

/** Joins a rig's parts to what `request` needs. */
export function lineOf(rig: Rig, { settings, lane, aside, open, record }: Use): Line {
  const { account, cap, clock, destination, gate, timeoutMs } = rig
  // What goes again goes behind what goes for the first time.
  const turn = aside ? 'backfill' : lane
  return {
    destination,
    gate,
    clock,
    lane,
    aside,
    open,
    timeoutMs,
    waitMs: (way) =>
      Math.max(
        destination.waitMs(way),
        cap.waitMs(settings.requestsPerSecond),
        account.leaseMs(timeoutMs),
        account.yieldMs(turn, way),
      ),
    sending: (way) => {
      cap.took(settings.requestsPerSecond)
      account.took(turn, way)
    },
    sleep: (ms) => account.sleep(ms, turn, 'events'),
    // Without its events nothing of a connection makes sense: then all of it holds, whatever the setting.
    forbid: (way) => (way === 'event' || way === 'events' ? 'hold' : settings.onForbidden),
    refuse: (answer, detail) => {
      const hold = answer.type === 'refused' || gate.hold !== undefined
      if (answer.type === 'refused') rig.refused(answer.reason, detail, hold)
      else rig.refused('scope_missing', answer.scope, hold)
    },
    record,
  }
}
